package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.balance.Members;
import dev.outrider.sidecar.discover.Endpoint;
import java.net.InetAddress;
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

    /** Where the member is. */
    InetSocketAddress address(Member member) {
        InetSocketAddress known = addresses.get(member.address());
        return known == null ? of(member.endpoint()) : known;
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

    void learn(Endpoint endpoint) {
        addresses.computeIfAbsent(endpoint.address(), _ -> of(endpoint));
    }

    /** Never looked up here: what is no IP literal stays unresolved, and cannot be called. */
    private static InetSocketAddress of(Endpoint endpoint) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(endpoint.host()), endpoint.port());
        } catch (IllegalArgumentException e) {
            return InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
        }
    }
}
