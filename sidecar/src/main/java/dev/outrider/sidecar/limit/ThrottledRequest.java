package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.Verdict;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits in the line of a {@link Throttle}. At its turn it is decided again like any
 * other; if that fails, since others share the quota, it stays first as long as its time lasts. On
 * the exchange's loop, but for what the throttle asks.
 */
final class ThrottledRequest {
    /** Stands for "not yet" when {@link #again} has set another turn; nobody else sees it. */
    private static final Verdict LATER = new Verdict.Await(new CompletableFuture<>());

    private final LimitFilter filter;
    private final Exchange exchange;
    private final Limit limit;
    private final Throttle throttle;
    private final KeyId line;
    private final long spacing;
    private final long latest;
    private final LimitState state;
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    private @Nullable Future<?> expiry;
    private boolean left;

    /** Being decided: a time that runs out now must not spoil it. */
    private boolean deciding;

    private ThrottledRequest(
            LimitFilter filter,
            Exchange exchange,
            Limit limit,
            KeyId line,
            long spacing,
            LimitState state) {
        ThrottleConfig config = Objects.requireNonNull(limit.config().throttle());
        this.filter = filter;
        this.exchange = exchange;
        this.limit = limit;
        this.throttle = Objects.requireNonNull(limit.throttle());
        this.line = line;
        this.spacing = spacing;
        this.state = state;
        long most = config.longest().toNanos();
        Deadline deadline = exchange.deadline();
        if (deadline != null) {
            most = Math.min(most, deadline.remaining(state.nanos()));
        }
        this.latest = state.micros() + most / 1000;
    }

    /** Gets in line; null if the line is full or the turn would come too late. */
    static @Nullable Verdict enter(
            LimitFilter filter,
            Exchange exchange,
            Limit limit,
            KeyId line,
            long earliest,
            long spacing,
            LimitState state) {
        ThrottledRequest request =
                new ThrottledRequest(filter, exchange, limit, line, spacing, state);
        if (exchange.finishedNanos() != 0 || !request.throttle.join(request, earliest)) {
            return null;
        }
        limit.meter().throttled.increment();
        request.expiry = request.schedule(request::expired, request.latest);
        exchange.edge().atEnd(() -> request.leave(false));
        return new Verdict.Await(request.verdict);
    }

    KeyId line() {
        return line;
    }

    long spacing() {
        return spacing;
    }

    long latest() {
        return latest;
    }

    /** Its turn comes at that time. Any thread. */
    void turnAt(long micros) {
        var _ = schedule(this::turn, micros);
    }

    private Future<?> schedule(Runnable task, long micros) {
        long delay = Math.max(0, micros - state.micros());
        return exchange.stream().loop().schedule(task, delay, TimeUnit.MICROSECONDS);
    }

    private void turn() {
        if (left) {
            return;
        }
        deciding = true;
        try {
            decided(filter.decide(exchange, this));
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void decided(Verdict decided) {
        if (decided.equals(LATER)) {
            return;
        }
        if (decided instanceof Verdict.Await(var later)) {
            later.whenComplete((it, error) -> {
                if (it != null) {
                    decided(it);
                } else {
                    failed(error);
                }
            });
        } else {
            verdict.complete(decided);
        }
    }

    private void failed(Throwable error) {
        leave(false);
        verdict.completeExceptionally(error);
    }

    /** Stays first until then; null if that is too late. */
    @Nullable Verdict again(long earliest) {
        if (left || earliest > latest) {
            return null;
        }
        deciding = false;
        throttle.again(this, earliest);
        return LATER;
    }

    private void expired() {
        if (!left && !deciding) {
            leave(false);
            verdict.complete(filter.crowded(exchange, limit));
        }
    }

    /** Gives its place in the line up. */
    void leave(boolean letThrough) {
        if (left) {
            return;
        }
        left = true;
        if (expiry != null) {
            expiry.cancel(false);
        }
        throttle.leave(this, state.micros(), letThrough);
    }
}
