package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Destinations whose server speaks first, so that waiting for the client's first byte is in vain.
 * One is learned only when its server has really spoken first, and forgotten as soon as a client
 * does: an HTTP client that connects long before it asks teaches nothing, and whatever was learned
 * wrongly costs one connection at most. Shared by all loops without locks. Bounded: two
 * destinations of one slot push each other out and then wait again, no more.
 */
final class ServerFirst {
    private static final int SLOTS = 1024;
    private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();

    private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);
    private final Ticker ticker;

    ServerFirst(Ticker ticker) {
        this.ticker = ticker;
    }

    private record Entry(InetSocketAddress destination, long sinceNanos) {}

    boolean knows(InetSocketAddress destination) {
        Entry entry = slots.get(slot(destination));
        return entry != null
                && entry.destination.equals(destination)
                && ticker.nanos() - entry.sinceNanos < KEPT_NANOS;
    }

    /** Its server has spoken before its client. */
    void learn(InetSocketAddress destination) {
        slots.set(slot(destination), new Entry(destination, ticker.nanos()));
    }

    /** Its client has spoken before its server. */
    void forget(InetSocketAddress destination) {
        int slot = slot(destination);
        Entry entry = slots.get(slot);
        if (entry != null && entry.destination.equals(destination)) {
            slots.compareAndSet(slot, entry, null);
        }
    }

    private static int slot(InetSocketAddress destination) {
        int hash = destination.hashCode() * 0x9E3779B9;
        return hash >>> 22;
    }
}
