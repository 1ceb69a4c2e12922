package dev.outrider.sidecar.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final FakeTicker ticker = new FakeTicker();
    private final List<String> transitions = new ArrayList<>();

    private CircuitBreaker breaker(BreakerConfig config) {
        return new CircuitBreaker(
                "billing",
                config,
                ticker,
                (_, from, to) -> transitions.add(from.word() + " to " + to.word()));
    }

    private static BreakerConfig config(int consecutive, @Nullable Duration maxOpenFor) {
        return new BreakerConfig(
                true,
                0.5,
                Duration.ofSeconds(10),
                20,
                consecutive,
                Duration.ofSeconds(5),
                maxOpenFor,
                3);
    }

    private static void call(CircuitBreaker breaker, int times, boolean success) {
        for (int i = 0; i < times; i++) {
            long permit = breaker.tryAcquire();
            assertThat(permit).isNotNegative();
            if (success) {
                breaker.succeeded(permit);
            } else {
                breaker.failed(permit);
            }
        }
    }

    private CircuitBreaker opened() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        call(breaker, 20, false);
        assertThat(breaker.tryAcquire()).isEqualTo(CircuitBreaker.REFUSED);
        return breaker;
    }

    private CircuitBreaker halfOpened() {
        CircuitBreaker breaker = opened();
        ticker.advance(Duration.ofSeconds(5));
        return breaker;
    }

    @Test
    void opensWhenHalfTheCallsFail() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        call(breaker, 10, true);
        call(breaker, 9, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
        call(breaker, 1, false);
        assertThat(breaker.state()).isInstanceOf(BreakerState.Open.class);
        assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(breaker.counts()).isEqualTo(new BreakerCounts(10, 10, 0, 0, 1));
        assertThat(transitions).containsExactly("closed to open");
    }

    @Test
    void staysClosedBelowTheMinimumOfCalls() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        call(breaker, 19, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
    }

    @Test
    void forgetsWhatLiesBeforeTheWindow() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        call(breaker, 19, false);
        ticker.advance(Duration.ofSeconds(11));
        call(breaker, 19, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
    }

    @Test
    void opensAtFailuresInARowWhateverTheRate() {
        CircuitBreaker breaker = breaker(config(5, null));
        call(breaker, 100, true);
        call(breaker, 4, false);
        call(breaker, 1, true);
        call(breaker, 4, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
        call(breaker, 1, false);
        assertThat(breaker.state()).isInstanceOf(BreakerState.Open.class);
    }

    @Test
    void letsExactlyTheProbesThroughAndClosesWhenAllSucceed() {
        CircuitBreaker breaker = halfOpened();
        long first = breaker.tryAcquire();
        long second = breaker.tryAcquire();
        long third = breaker.tryAcquire();
        assertThat(breaker.tryAcquire()).isNegative();
        breaker.succeeded(first);
        breaker.succeeded(second);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(0));
        breaker.succeeded(third);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
        assertThat(transitions)
                .containsExactly("closed to open", "open to half-open", "half-open to closed");
        assertThat(breaker.retryAfter()).isZero();
    }

    @Test
    void reopensWhenOneProbeFails() {
        CircuitBreaker breaker = halfOpened();
        breaker.succeeded(breaker.tryAcquire());
        breaker.failed(breaker.tryAcquire());
        assertThat(breaker.state()).isInstanceOf(BreakerState.Open.class);
        assertThat(breaker.counts().opened()).isEqualTo(2);
    }

    @Test
    void givesAnIgnoredProbeBack() {
        CircuitBreaker breaker = halfOpened();
        long permit = breaker.tryAcquire();
        call(breaker, 2, true);
        assertThat(breaker.tryAcquire()).isNegative();
        breaker.ignored(permit);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(1));
        call(breaker, 1, true);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
    }

    @Test
    void issuesALostProbeAnewAndKeepsWhatSucceeded() {
        CircuitBreaker breaker = halfOpened();
        long lost = breaker.tryAcquire();
        call(breaker, 2, true);
        ticker.advance(Duration.ofMillis(4999));
        assertThat(breaker.tryAcquire()).isNegative();
        assertThat(breaker.retryAfter()).isEqualTo(Duration.ofMillis(1));
        ticker.advance(Duration.ofMillis(1));
        long renewed = breaker.tryAcquire();
        assertThat(renewed).isNotNegative();
        assertThat(breaker.tryAcquire()).isNegative();
        breaker.failed(lost);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(0));
        breaker.succeeded(renewed);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
    }

    @Test
    void countsNoResultOfAnEarlierState() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        long early = breaker.tryAcquire();
        call(breaker, 20, false);
        ticker.advance(Duration.ofSeconds(5));
        long probe = breaker.tryAcquire();
        breaker.failed(early);
        breaker.ignored(early);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(2));
        breaker.succeeded(probe);
        call(breaker, 2, true);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
        breaker.failed(probe);
        assertThat(breaker.counts().failed()).isEqualTo(22);
    }

    @Test
    void aProbeEndedTwiceDoesNotCountTwice() {
        CircuitBreaker breaker = halfOpened();
        long probe = breaker.tryAcquire();
        breaker.ignored(probe);
        breaker.ignored(probe);
        breaker.succeeded(probe);
        assertThat(breaker.state()).isEqualTo(new BreakerState.HalfOpen(3));
    }

    @Test
    void staysOpenLongerWhileProbesFail() {
        CircuitBreaker breaker = breaker(config(1, Duration.ofSeconds(15)));
        for (int seconds : new int[] {5, 10, 15, 15}) {
            breaker.failed(breaker.tryAcquire());
            assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
            ticker.advance(Duration.ofSeconds(seconds));
        }
        call(breaker, 3, true);
        breaker.failed(breaker.tryAcquire());
        assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void obeysTheOperator() {
        CircuitBreaker breaker = breaker(BreakerConfig.DEFAULTS);
        breaker.forceOpen();
        assertThat(breaker.tryAcquire()).isNegative();
        assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        ticker.advance(Duration.ofHours(1));
        assertThat(breaker.tryAcquire()).isNegative();
        breaker.forceClose();
        call(breaker, 100, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.ForcedClosed());
        breaker.reset();
        call(breaker, 20, false);
        assertThat(breaker.tryAcquire()).isNegative();
        assertThat(transitions)
                .containsExactly(
                        "closed to forced-open",
                        "forced-open to forced-closed",
                        "forced-closed to closed",
                        "closed to open");
    }

    @Test
    void neverOpensOfItselfWhenDisabled() {
        BreakerConfig off =
                new BreakerConfig(
                        false, 0.5, Duration.ofSeconds(10), 1, 1, Duration.ofSeconds(5), null, 3);
        CircuitBreaker breaker = breaker(off);
        call(breaker, 100, false);
        assertThat(breaker.state()).isEqualTo(new BreakerState.Closed());
    }
}
