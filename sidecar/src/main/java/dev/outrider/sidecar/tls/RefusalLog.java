package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.time.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Says in the log why a peer is refused, once a minute for each address and reason, with the number
 * left out. A peer that comes back all the time can fill neither the log nor the memory: beyond a
 * thousand addresses in a minute all others share one entry. Any thread.
 */
public final class RefusalLog {
    private static final int LARGEST = 1024;
    private static final long PERIOD = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final Ticker ticker;
    private final ConcurrentHashMap<Key, Entry> entries = new ConcurrentHashMap<>();
    private final Entry others;
    private final AtomicLong sweptAt;

    private record Key(InetAddress peer, TlsFailure.Reason reason) {}

    /** {@code since} is when a line was last written. */
    private record Entry(AtomicLong since, AtomicInteger leftOut) {
        static Entry old(long now) {
            return new Entry(new AtomicLong(now - PERIOD), new AtomicInteger());
        }
    }

    public RefusalLog(Logger log, Ticker ticker) {
        this.log = log;
        this.ticker = ticker;
        this.others = Entry.old(ticker.nanos());
        this.sweptAt = new AtomicLong(ticker.nanos());
    }

    /** {@code where} names our side of it, such as a listener or a destination. */
    public void refused(String where, InetAddress peer, TlsFailure failure) {
        long now = ticker.nanos();
        Entry entry = entry(new Key(peer, failure.reason()), now);
        long since = entry.since.get();
        if (now - since < PERIOD || !entry.since.compareAndSet(since, now)) {
            entry.leftOut.incrementAndGet();
            return;
        }
        int leftOut = entry.leftOut.getAndSet(0);
        log.warn(
                "{}: no TLS with {}, {}: {}{}",
                where,
                peer.getHostAddress(),
                failure.reason().word(),
                failure.sentence(),
                leftOut == 0 ? "" : " (and " + leftOut + " more before this, not logged)");
    }

    int size() {
        return entries.size();
    }

    private Entry entry(Key key, long now) {
        Entry known = entries.get(key);
        if (known != null) {
            return known;
        }
        if (entries.size() >= LARGEST) {
            sweep(now);
        }
        return entries.size() >= LARGEST
                ? others
                : entries.computeIfAbsent(key, _ -> Entry.old(now));
    }

    /** At most once in a period, since a flood would otherwise scan the map for every refusal. */
    private void sweep(long now) {
        long last = sweptAt.get();
        if (now - last >= PERIOD && sweptAt.compareAndSet(last, now)) {
            entries.values().removeIf(entry -> now - entry.since.get() >= PERIOD);
        }
    }
}
