package dev.outrider.sidecar.observe;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many label sets may still be made, over all tables of a registry. Any thread. */
final class SeriesQuota {
    private final AtomicInteger left;
    private final LongAdder refused = new LongAdder();

    SeriesQuota(int most) {
        left = new AtomicInteger(most);
    }

    boolean take() {
        // Read first: once spent, loops must not contend for it.
        if (left.get() > 0 && left.getAndDecrement() > 0) {
            return true;
        }
        refused.increment();
        return false;
    }

    /** Observations that went to an {@code other} series. */
    long refused() {
        return refused.sum();
    }
}
