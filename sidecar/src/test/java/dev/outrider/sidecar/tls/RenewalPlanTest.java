package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalPlanTest {
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711})
    void renewsBetweenHalfAndSeventyPercentOfTheLife(long seed) {
        Random random = new Random(seed);
        Instant end = FROM.plus(Duration.ofHours(10));
        for (int i = 0; i < 1000; i++) {
            assertThat(RenewalPlan.renewAt(FROM, end, random))
                    .as("seed %d", seed)
                    .isBetween(FROM.plus(Duration.ofHours(5)), FROM.plus(Duration.ofHours(7)));
        }
        assertThat(RenewalPlan.renewAt(end, FROM, random)).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711})
    void backsOffByDoublingUpToHalfAMinute(long seed) {
        Random random = new Random(seed);
        for (int failures = 1; failures < 100; failures++) {
            long bound = failures >= 7 ? 30_000 : Math.min(30_000, 500L << (failures - 1));
            assertThat(RenewalPlan.backoff(failures, random))
                    .as("seed %d, failure %d", seed, failures)
                    .isBetween(Duration.ofMillis(bound / 2), Duration.ofMillis(bound));
        }
    }
}
