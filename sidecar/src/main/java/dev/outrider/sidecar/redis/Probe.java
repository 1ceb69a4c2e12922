package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Tries by PING whether a node whose breaker is open is well again, so that no request has to find
 * out. On the first loop; {@link #later} on any thread.
 */
final class Probe {
    private final LoopCalls calls;
    private final Breakers breakers;
    private final Deadlines deadlines;
    private final Duration openFor;

    Probe(LoopCalls calls, Breakers breakers, RedisConfig config) {
        this.calls = calls;
        this.breakers = breakers;
        this.deadlines = calls.deadlines(config.budget());
        this.openFor = config.breaker().openFor();
    }

    void later(String id) {
        later(id, openFor);
    }

    private void later(String id, Duration wait) {
        var _ = calls.loop.schedule(() -> probe(id), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void probe(String id) {
        CircuitBreaker breaker = breakers.known(id);
        if (breaker == null || breaker.state() instanceof BreakerState.Closed) {
            return;
        }
        long permit = breaker.tryAcquire();
        if (permit == CircuitBreaker.REFUSED) {
            later(id, breaker.retryAfter().plusMillis(1));
            return;
        }
        Call<String> ping = new Call<>(id, _ -> ping(id), null);
        ping.guardedBy(breaker, permit, true);
        ping.answer.whenComplete((_, _) -> {
            // One that could not be sent decides nothing. One that failed opened it anew.
            if (breaker.state() instanceof BreakerState.HalfOpen) {
                later(id);
            }
        });
        calls.start(ping, deadlines, false);
    }

    private CompletionStage<String> ping(String id) {
        CompletionStage<String> pong = calls.link.ping(id);
        return pong != null
                ? pong
                : CompletableFuture.failedStage(
                        new RedisUnavailable(Reason.DOWN, "there is no such node any more"));
    }
}
