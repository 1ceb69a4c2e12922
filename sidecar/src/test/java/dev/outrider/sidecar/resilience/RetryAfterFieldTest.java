package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterFieldTest {
    private static final InstantSource WALL =
            InstantSource.fixed(Instant.parse("2026-11-22T20:00:00Z"));

    @Test
    void readsSecondsAndDates() {
        assertThat(RetryAfterField.nanos(" 120 ", WALL)).isEqualTo(Duration.ofMinutes(2).toNanos());
        assertThat(RetryAfterField.nanos("0", WALL)).isZero();
        assertThat(RetryAfterField.nanos("Sun, 22 Nov 2026 20:00:30 GMT", WALL))
                .isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(RetryAfterField.nanos("Sun, 22 Nov 2026 19:00:30 GMT", WALL)).isZero();
    }

    @Test
    void boundsWhatIsAbsurd() {
        assertThat(RetryAfterField.nanos("99999999999999999999999999", WALL))
                .isEqualTo(Duration.ofDays(365).toNanos());
        assertThat(RetryAfterField.nanos("Fri, 31 Dec 9999 23:59:59 GMT", WALL))
                .isEqualTo(Duration.ofDays(365).toNanos());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "-1", "1.5", "soon", "12s", "Sun, 99 Nov 2026 20:00:30 GMT"})
    void takesTheRestForNothing(@Nullable String value) {
        assertThat(RetryAfterField.nanos(value, WALL)).isEqualTo(RetryPolicy.NO_RETRY_AFTER);
    }
}
