package dev.outrider.sidecar.resilience;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the last stretch of time, in ten slices: all calls, and those of them that are marked
 * (failed, or retries). Any thread; a slice is made once per tenth of the window and swapped in by
 * CAS, so counting itself allocates nothing. A count may be off by what happens within a slice's
 * tenth of the window, never by more.
 */
final class SlidingWindow {
    private static final int SLICES = 10;
    private final long originNanos;
    private final long sliceNanos;
    private final AtomicReferenceArray<@Nullable Slice> slices = new AtomicReferenceArray<>(SLICES);

    /** One tenth of the window; {@code epoch} counts slices from the origin. */
    static final class Slice {
        private final long epoch;
        final LongAdder all = new LongAdder();

        /** Read back right after it was raised, so it must be exact at each moment. */
        final AtomicInteger marked = new AtomicInteger();

        Slice(long epoch) {
            this.epoch = epoch;
        }
    }

    SlidingWindow(long windowNanos, long nowNanos) {
        this.sliceNanos = Math.max(1, windowNanos / SLICES);
        this.originNanos = nowNanos;
    }

    /** The slice to count in. */
    Slice at(long nowNanos) {
        long epoch = epoch(nowNanos);
        int index = Math.floorMod(epoch, SLICES);
        while (true) {
            Slice slice = slices.get(index);
            // A later epoch means that this thread was held up; it counts where time is now.
            if (slice != null && slice.epoch >= epoch) {
                return slice;
            }
            Slice fresh = new Slice(epoch);
            if (slices.compareAndSet(index, slice, fresh)) {
                return fresh;
            }
        }
    }

    long all(long nowNanos) {
        long oldest = epoch(nowNanos) - SLICES + 1;
        long sum = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = slices.get(i);
            if (slice != null && slice.epoch >= oldest) {
                sum += slice.all.sum();
            }
        }
        return sum;
    }

    long marked(long nowNanos) {
        long oldest = epoch(nowNanos) - SLICES + 1;
        long sum = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = slices.get(i);
            if (slice != null && slice.epoch >= oldest) {
                sum += slice.marked.get();
            }
        }
        return sum;
    }

    private long epoch(long nowNanos) {
        return (nowNanos - originNanos) / sliceNanos;
    }
}
