package dev.outrider.sidecar.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to ask for the next identity; pure. */
final class RenewalPlan {
    private static final double EARLIEST = 0.5;
    private static final double LATEST = 0.7;
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final int DOUBLINGS = 6;

    private RenewalPlan() {}

    /** A random point from 50 to 70 % of the life between the two. */
    static Instant renewAt(Instant from, Instant notAfter, RandomGenerator random) {
        Duration life = Duration.between(from, notAfter);
        double share = random.nextDouble(EARLIEST, LATEST);
        return life.isNegative() ? from : from.plusMillis((long) (life.toMillis() * share));
    }

    /**
     * Doubles from half a second to half a minute; half of it is chance, so that a mesh spreads.
     */
    static Duration backoff(int failures, RandomGenerator random) {
        int doublings = Math.min(Math.max(failures - 1, 0), DOUBLINGS);
        long bound = Math.min(FIRST_WAIT.toMillis() << doublings, LONGEST_WAIT.toMillis());
        return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
    }
}
