package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.time.Duration;
import java.time.Instant;

/** Whatever an upstream asks us to wait: a time that can be waited. */
class RetryAfterFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    @FuzzTest
    void field(@NotNull String value) {
        assertThat(RetryAfterField.nanos(value, () -> NOW))
                .isBetween(-1L, Duration.ofDays(366).toNanos());
    }
}
