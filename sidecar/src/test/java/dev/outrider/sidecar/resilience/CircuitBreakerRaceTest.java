package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CircuitBreakerRaceTest {
    private static final BreakerConfig CONFIG =
            new BreakerConfig(
                    true, 0.5, Duration.ofSeconds(10), 1, 0, Duration.ofSeconds(5), null, 3);

    @Test
    void manyThreadsGetExactlyTheProbes() throws Exception {
        for (int round = 0; round < 300; round++) {
            FakeTicker ticker = new FakeTicker();
            CircuitBreaker breaker = new CircuitBreaker("billing", CONFIG, ticker);
            breaker.failed(breaker.tryAcquire());
            ticker.advance(Duration.ofSeconds(5));
            AtomicInteger got = new AtomicInteger();
            Threads.race(
                    4,
                    _ -> {
                        for (int i = 0; i < 20; i++) {
                            if (breaker.tryAcquire() >= 0) {
                                got.incrementAndGet();
                            }
                        }
                    });
            assertThat(got).as("round %d", round).hasValue(3);
        }
    }

    @Test
    void ignoredProbesNeverAddUpToMoreThanTheProbes() throws Exception {
        FakeTicker ticker = new FakeTicker();
        CircuitBreaker breaker = new CircuitBreaker("billing", CONFIG, ticker);
        breaker.failed(breaker.tryAcquire());
        ticker.advance(Duration.ofSeconds(5));
        AtomicInteger out = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Threads.race(
                6,
                _ -> {
                    for (int i = 0; i < 50_000; i++) {
                        long permit = breaker.tryAcquire();
                        if (permit >= 0) {
                            int now = out.incrementAndGet();
                            most.accumulateAndGet(now, Math::max);
                            out.decrementAndGet();
                            breaker.ignored(permit);
                        }
                    }
                });
        assertThat(most.get()).isBetween(1, 3);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(3));
    }

    @Test
    void everyPermitIsAccountedForAndTheBreakerLives() throws Exception {
        FakeTicker ticker = new FakeTicker();
        CircuitBreaker breaker = new CircuitBreaker("billing", CONFIG, ticker);
        AtomicInteger permits = new AtomicInteger();
        Threads.race(
                6,
                thread -> {
                    for (int i = 0; i < 30_000; i++) {
                        ticker.advance(Duration.ofMillis(2));
                        long permit = breaker.tryAcquire();
                        if (permit < 0) {
                            continue;
                        }
                        permits.incrementAndGet();
                        switch ((i * 31 + thread) % 7) {
                            case 0 -> breaker.failed(permit);
                            case 1 -> breaker.ignored(permit);
                            default -> breaker.succeeded(permit);
                        }
                    }
                });
        BreakerCounts counts = breaker.counts();
        assertThat(counts.succeeded() + counts.failed() + counts.ignored())
                .isEqualTo(permits.get());
        ticker.advance(Duration.ofSeconds(5));
        assertThat(breaker.tryAcquire()).isNotNegative();
    }
}
