package dev.outrider.sidecar;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Chance for parts that several threads share: SplitMix64 (Steele, Lea and Flood, 2014) as {@link
 * java.util.SplittableRandom} computes it, on one atomic count.
 */
final class SharedRandom implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final AtomicLong seed;

    SharedRandom(long seed) {
        this.seed = new AtomicLong(seed);
    }

    @Override
    public long nextLong() {
        long mixed = seed.addAndGet(GOLDEN_GAMMA);
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
