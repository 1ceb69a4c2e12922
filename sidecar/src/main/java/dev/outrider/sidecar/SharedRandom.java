package dev.outrider.sidecar;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Chance for parts that several threads share: each number is the first of a generator seeded with
 * the next count, which is the way SplittableRandom itself goes on.
 */
final class SharedRandom implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final AtomicLong seed;

    SharedRandom(long seed) {
        this.seed = new AtomicLong(seed);
    }

    @Override
    public long nextLong() {
        return new SplittableRandom(seed.getAndAdd(GOLDEN_GAMMA)).nextLong();
    }
}
