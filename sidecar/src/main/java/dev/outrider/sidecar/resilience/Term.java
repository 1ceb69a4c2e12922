package dev.outrider.sidecar.resilience;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stretch of a breaker in one state. A permit carries the generation of the term it was issued
 * in, and a result counts in that term only, so late results of an earlier state change nothing.
 */
sealed interface Term {
    long generation();

    BreakerState view();

    /** Calls pass; the first failure that finds the window too bad ends it. */
    record Closed(long generation, SlidingWindow window, AtomicInteger failuresInARow)
            implements Term {
        @Override
        public BreakerState view() {
            return new BreakerState.Closed();
        }
    }

    /** {@code round} counts how often it opened since it was last closed, from 0. */
    record Open(long generation, long untilNanos, int round) implements Term {
        @Override
        public BreakerState view() {
            return new BreakerState.Open(untilNanos);
        }
    }

    record HalfOpen(long generation, Probes probes, int round) implements Term {
        @Override
        public BreakerState view() {
            return new BreakerState.HalfOpen(probes.left());
        }
    }

    record ForcedOpen(long generation) implements Term {
        @Override
        public BreakerState view() {
            return new BreakerState.ForcedOpen();
        }
    }

    record ForcedClosed(long generation) implements Term {
        @Override
        public BreakerState view() {
            return new BreakerState.ForcedClosed();
        }
    }

    /**
     * The probes of one half-open term. Permits left and successes so far share one word, so that
     * their sum never passes {@code total}.
     */
    final class Probes {
        private static final long SUCCESS = 1L << 32;
        private final int total;
        private final AtomicLong word;

        /** Written before a permit is taken, so whoever finds none left also sees when. */
        private volatile long lastIssuedNanos;

        Probes(int total, int succeeded, long nowNanos) {
            this.total = total;
            this.word = new AtomicLong(SUCCESS * succeeded + (total - succeeded));
            this.lastIssuedNanos = nowNanos;
        }

        int left() {
            return (int) word.get();
        }

        int succeeded() {
            return (int) (word.get() >>> 32);
        }

        boolean take(long nowNanos) {
            while (true) {
                long seen = word.get();
                if ((int) seen == 0) {
                    return false;
                }
                lastIssuedNanos = nowNanos;
                if (word.compareAndSet(seen, seen - 1)) {
                    return true;
                }
            }
        }

        /** True when this was the last success wanted. */
        boolean succeed() {
            return end(SUCCESS) && succeeded() >= total;
        }

        void giveBack() {
            end(1);
        }

        long lastIssuedNanos() {
            return lastIssuedNanos;
        }

        /** False if no probe can be out, so a permit was ended twice. */
        private boolean end(long change) {
            while (true) {
                long seen = word.get();
                if ((int) seen + (seen >>> 32) >= total) {
                    return false;
                }
                if (word.compareAndSet(seen, seen + change)) {
                    return true;
                }
            }
        }
    }
}
