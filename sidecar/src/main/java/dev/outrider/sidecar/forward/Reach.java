package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.discover.Endpoint;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the way to a service's members, whatever its policy: kept when that changes. Any
 * thread.
 */
final class Reach {
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, InetSocketAddress> addresses =
            new ConcurrentHashMap<>();
    private final Set<String> resolving = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, ConnectionCounts> connections =
            new ConcurrentHashMap<>();

    /** The loops that have connections. */
    Set<Worker> workers() {
        return workers;
    }

    /** The counts that all pools to a member share. */
    ConnectionCounts connections(Member member) {
        return connections.computeIfAbsent(member.address(), _ -> new ConnectionCounts());
    }

    long openConnections() {
        return connections.values().stream().mapToLong(each -> each.open.sum()).sum();
    }

    long idleConnections() {
        return connections.values().stream().mapToLong(each -> each.idle.sum()).sum();
    }

    /** Forgets whoever is not among {@code current} and has no connection left. */
    void retain(Collection<String> current) {
        addresses.keySet().retainAll(current);
        connections
                .entrySet()
                .removeIf(each ->
                        !current.contains(each.getKey()) && each.getValue().open.sum() == 0);
    }

    /** Where the member is; unresolved while its name has no address. Never blocks. */
    InetSocketAddress address(Member member) {
        InetSocketAddress known = addresses.get(member.address());
        if (known != null && !known.isUnresolved()) {
            return known;
        }
        if (resolving.add(member.address())) {
            Thread.ofVirtual()
                    .name("resolve")
                    .start(() -> {
                        try {
                            resolve(member.endpoint());
                        } finally {
                            resolving.remove(member.address());
                        }
                    });
        }
        return InetSocketAddress.createUnresolved(
                member.endpoint().host(), member.endpoint().port());
    }

    /** The member whose address is that, if one is. */
    @Nullable Member at(InetSocketAddress address, Members members) {
        if (!addresses.containsValue(address)) {
            return null;
        }
        for (Member member : members.all()) {
            if (address.equals(addresses.get(member.address()))) {
                return member;
            }
        }
        return null;
    }

    /** Blocks on a name; a name that once had an address keeps it. */
    void resolve(Endpoint endpoint) {
        String name = endpoint.address();
        InetSocketAddress known = addresses.get(name);
        if (known == null || known.isUnresolved()) {
            addresses.put(name, new InetSocketAddress(endpoint.host(), endpoint.port()));
        }
    }
}
