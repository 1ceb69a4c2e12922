package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(BackoffConfig.DEFAULTS);

    @Test
    void doublesItsBoundUpToTheMaximum() {
        long[] millis = {25, 50, 100, 200, 250, 250};
        for (int retry = 0; retry < millis.length; retry++) {
            assertThat(backoff.boundNanos(retry))
                    .isEqualTo(Duration.ofMillis(millis[retry]).toNanos());
        }
        assertThat(backoff.boundNanos(Integer.MAX_VALUE))
                .isEqualTo(Duration.ofMillis(250).toNanos());
    }

    @Test
    void spreadsOverTheWholeWait() {
        Random random = new Random(7);
        int low = 0;
        for (int i = 0; i < 10_000; i++) {
            long delay = backoff.delayNanos(1, random);
            assertThat(delay).isBetween(0L, 50_000_000L);
            low += delay < 5_000_000 ? 1 : 0;
        }
        assertThat(low).as("seed 7: a tenth lies in the first tenth").isBetween(900, 1100);
    }

    @Test
    void doesNotWaitWithoutABase() {
        Backoff none = new Backoff(new BackoffConfig(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        assertThat(none.delayNanos(3, new Random(1))).isZero();
    }
}
