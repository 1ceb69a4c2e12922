package dev.outrider.sidecar.discover;

import dev.outrider.sidecar.time.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which Service an address belongs to, by the name that the cluster's DNS has for it (PTR): the
 * Service's own address, or a pod's of a headless one. Whoever owns an address outside could claim
 * any name for it, so that the name must lead back to the address, and only addresses of private
 * networks are asked for. Any thread, event loops too; nothing waits.
 */
public final class ReverseNames {
    /** A name server that is slow must not hold up what it knows nothing of. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** Then it is asked again, while what is known goes on to count. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);

    /** Then the address may be somebody else's, and its next user waits for the answer. */
    private static final Duration DOUBTED_AFTER = Duration.ofMinutes(2);

    private static final int MOST = 1024;
    private static final int ROOM = MOST / 8;

    /** Questions under way or waiting: an app that goes through a network must not fill a queue. */
    static final int MOST_ASKED = 512;

    private final Cluster cluster;
    private final RecordLookup records;
    private final Ticker ticker;
    private final Map<InetAddress, Found> found = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    /** What is known of an address. */
    public static final class Found {
        private final CompletableFuture<Boolean> first = new CompletableFuture<>();
        private volatile @Nullable ClusterName name;
        private volatile long askedNanos;
        private volatile long usedNanos;

        /** Null if it is no Service's, or that is not known. */
        public @Nullable ClusterName name() {
            return name;
        }

        /** Completes, on any thread, with the first answer or failure. */
        public CompletionStage<?> first() {
            return first.minimalCompletionStage();
        }

        public boolean answered() {
            return first.isDone();
        }
    }

    public ReverseNames(Cluster cluster, DnsConfig dns, DnsTransport transport, Ticker ticker) {
        this.cluster = cluster;
        this.records = new RecordLookup(dns, transport);
        this.ticker = ticker;
    }

    /** Null for an address that no cluster's DNS has a name for. */
    public @Nullable Found find(InetAddress address) {
        if (!inside(address)) {
            return null;
        }
        long now = ticker.nanos();
        Found known = found.get(address);
        if (known == null) {
            makeRoom(now);
            known = begin(address, null, now);
        } else if (known.answered() && now - known.askedNanos >= DOUBTED_AFTER.toNanos()) {
            known = begin(address, known, now);
        } else if (known.answered() && now - known.askedNanos >= GOOD_FOR.toNanos()) {
            known.askedNanos = now;
            ask(address, known);
        }
        known.usedNanos = now;
        return known;
    }

    private Found begin(InetAddress address, @Nullable Found before, long now) {
        Found fresh = new Found();
        fresh.name = before == null ? null : before.name;
        fresh.askedNanos = now;
        fresh.usedNanos = now;
        boolean first =
                before == null
                        ? found.putIfAbsent(address, fresh) == null
                        : found.replace(address, before, fresh);
        Found other = first ? null : found.get(address);
        if (other == null) {
            ask(address, fresh);
        }
        return other == null ? fresh : other;
    }

    int size() {
        return found.size();
    }

    private static boolean inside(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isSiteLocalAddress()
                || bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64
                || bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    }

    private void makeRoom(long now) {
        if (found.size() >= MOST) {
            // Written down first: others go on using them while they are sorted.
            record Use(InetAddress address, long nanosAgo) {}
            found.entrySet().stream()
                    .map(each -> new Use(each.getKey(), now - each.getValue().usedNanos))
                    .sorted(Comparator.comparingLong(Use::nanosAgo).reversed())
                    .limit(ROOM)
                    .toList()
                    .forEach(each -> found.remove(each.address));
        }
    }

    /** When name servers fail, what was known stands. */
    private void ask(InetAddress address, Found into) {
        if (asked.incrementAndGet() > MOST_ASKED) {
            asked.decrementAndGet();
            into.askedNanos = ticker.nanos() - GOOD_FOR.toNanos(); // its next user asks again
            into.first.complete(true);
            return;
        }
        var _ =
                records.names(reversed(address))
                        .thenCompose(names -> confirmed(names, address))
                        .whenComplete((name, error) -> {
                            asked.decrementAndGet();
                            if (error == null) {
                                into.name = name;
                            }
                            into.first.complete(true);
                        });
    }

    private CompletionStage<@Nullable ClusterName> confirmed(
            List<String> names, InetAddress address) {
        for (String each : names) {
            ClusterName name = whole(each);
            if (name != null) {
                return records.addresses(
                                each.replaceFirst("\\.$", ""), address instanceof Inet6Address)
                        .thenApply(addresses -> addresses.contains(address) ? name : null);
            }
        }
        return CompletableFuture.completedStage(null);
    }

    /** The cluster's DNS gives names with the domain only. */
    private @Nullable ClusterName whole(String name) {
        String domain = ".svc." + cluster.config().clusterDomain();
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.endsWith(domain) ? cluster.name(plain) : null;
    }

    static String reversed(InetAddress address) {
        byte[] bytes = address.getAddress();
        StringBuilder name = new StringBuilder();
        for (int i = bytes.length - 1; i >= 0; i--) {
            int each = bytes[i] & 0xff;
            if (bytes.length == 4) {
                name.append(each).append('.');
            } else {
                name.append(Character.forDigit(each & 0xf, 16)).append('.');
                name.append(Character.forDigit(each >> 4, 16)).append('.');
            }
        }
        return name.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
    }
}
