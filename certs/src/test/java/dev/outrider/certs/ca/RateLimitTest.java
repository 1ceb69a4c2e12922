package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RateLimit limit = new RateLimit(new CaSettings.Rate(0.5, 2), nanos::get);

    @Test
    void givesTheBurstThenSaysHowLongToWait() {
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isEqualTo(2);
    }

    @Test
    void fillsAgainWithTimeUpToTheBurstEvenWhereNanoTimeWraps() {
        limit.take("a");
        limit.take("a");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isPositive();
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isZero();
        assertThat(limit.take("a")).isPositive();
    }

    @Test
    void oneCallerDoesNotUseUpAnothers() {
        limit.take("a");
        limit.take("a");
        assertThat(limit.take("b")).isZero();
    }

    @Test
    void theMapDoesNotGrowWithoutEnd() {
        for (int i = 0; i < 20_000; i++) {
            limit.take("caller " + i);
        }
        assertThat(limit.size()).isEqualTo(10_000);
    }
}
