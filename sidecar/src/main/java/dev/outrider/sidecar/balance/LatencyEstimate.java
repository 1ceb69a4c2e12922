package dev.outrider.sidecar.balance;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A peak-sensitive, exponentially weighted mean of latencies, as in Finagle's and Linkerd's
 * balancers: a slower call than expected counts in full at once, faster ones bring the estimate
 * down over the decay time, and so does silence, so that a slow endpoint is tried again.
 *
 * <p>The value (a float, in nanoseconds) and the time it was written (the low 32 bits of a count of
 * 65 microseconds) share one word, so that loops update it by a single CAS.
 */
final class LatencyEstimate {
    /** What a new endpoint is taken to need; neither flooded nor starved. */
    static final long INITIAL_NANOS = 30_000_000L;

    private static final double DECAY_NANOS = 10e9;
    private static final int TICK_SHIFT = 16;
    private final AtomicLong word;

    LatencyEstimate(long nowNanos) {
        word = new AtomicLong(pack(INITIAL_NANOS, nowNanos));
    }

    double nanos(long nowNanos) {
        long seen = word.get();
        return value(seen) * weight(seen, nowNanos);
    }

    void observe(long latencyNanos, long nowNanos) {
        while (true) {
            long seen = word.get();
            double old = value(seen);
            double next = latencyNanos;
            if (latencyNanos < old) {
                double weight = weight(seen, nowNanos);
                next = old * weight + latencyNanos * (1 - weight);
            }
            if (word.compareAndSet(seen, pack(next, nowNanos))) {
                return;
            }
        }
    }

    /** How much of the old value still counts. */
    private static double weight(long word, long nowNanos) {
        // Negative if another loop's clock reading was a little later: then no time has passed.
        int ticks = (int) (nowNanos >> TICK_SHIFT) - (int) word;
        return ticks <= 0 ? 1 : Math.exp(-((long) ticks << TICK_SHIFT) / DECAY_NANOS);
    }

    private static double value(long word) {
        return Float.intBitsToFloat((int) (word >>> 32));
    }

    private static long pack(double nanos, long nowNanos) {
        return (long) Float.floatToRawIntBits((float) nanos) << 32
                | (nowNanos >> TICK_SHIFT) & 0xffff_ffffL;
    }
}
