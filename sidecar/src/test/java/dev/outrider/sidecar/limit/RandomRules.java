package dev.outrider.sidecar.limit;

import java.util.Random;

/** Rules, times and costs drawn from a seed, small enough that limits are met all the time. */
final class RandomRules {
    static final long START = 1_795_000_000_000_000L;

    private final Random random;

    RandomRules(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    Rule rule(Algorithm algorithm) {
        long quota = 1L + random.nextInt(random.nextBoolean() ? 5 : 60);
        long window = window();
        return switch (algorithm) {
            case FIXED_WINDOW -> new FixedWindow(quota, window);
            case SLIDING_LOG -> new SlidingLog(quota, window);
            case SLIDING_COUNTER -> new SlidingCounter(quota, window);
            case TOKEN_BUCKET -> Bucket.of(1 + random.nextInt(20), quota, window);
            case LEAKY_BUCKET -> Bucket.of(1, quota, window);
        };
    }

    Rule rule() {
        return rule(Algorithm.values()[random.nextInt(Algorithm.values().length)]);
    }

    private long window() {
        return switch (random.nextInt(5)) {
            case 0 -> 1_000_000;
            case 1 -> 60_000_000;
            case 2 -> 3_600_000_000L;
            case 3 -> 86_400_000_000L;
            default -> 10_000 + random.nextInt(20_000_000);
        };
    }

    /** Mostly about as long as the quota asks for, sometimes none, sometimes windows. */
    long gap(Rule rule) {
        long even = Math.max(1, rule.windowMicros() / rule.limit());
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> random.nextLong(rule.windowMicros());
            case 3 -> random.nextInt(40) == 0 ? random.nextLong(3 * rule.windowMicros()) : 1;
            default -> random.nextLong(even + 1);
        };
    }

    int cost(Rule rule) {
        int most = (int) Math.min(rule.limit(), random.nextInt(4) == 0 ? 5 : 1);
        return 1 + random.nextInt(most);
    }
}
