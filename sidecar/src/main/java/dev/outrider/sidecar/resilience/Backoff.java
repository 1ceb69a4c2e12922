package dev.outrider.sidecar.resilience;

import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: evenly spread over the whole wait, so that callers that
 * failed together do not come back together.
 */
public final class Backoff {
    private final long baseNanos;
    private final long maxNanos;

    public Backoff(BackoffConfig config) {
        this.baseNanos = config.base().toNanos();
        this.maxNanos = config.max().toNanos();
    }

    /** The wait before the {@code retry}-th further try, counted from 0. */
    public long delayNanos(int retry, RandomGenerator random) {
        long bound = boundNanos(retry);
        return bound == 0 ? 0 : random.nextLong(bound + 1);
    }

    long boundNanos(int retry) {
        long bound = baseNanos;
        for (int i = 0; i < retry && bound < maxNanos && bound > 0; i++) {
            bound *= 2;
        }
        return Math.min(bound, maxNanos);
    }
}
