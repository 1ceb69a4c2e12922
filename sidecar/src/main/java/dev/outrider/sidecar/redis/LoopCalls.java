package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one event loop, from the question whether they may be made to their end. On the loop
 * only, but for what says otherwise.
 */
final class LoopCalls {
    private static final RedisUnavailable DOWN =
            new RedisUnavailable(Reason.DOWN, "there is no connection");
    private static final RedisUnavailable SLOW =
            new RedisUnavailable(Reason.SLOW, "no answer within the budget");
    private static final RedisUnavailable OPEN = new RedisUnavailable(Reason.BREAKER_OPEN, "");
    private static final RedisUnavailable QUEUE_FULL =
            new RedisUnavailable(Reason.QUEUE_FULL, "too many calls are under way");
    static final RedisUnavailable CLOSED = new RedisUnavailable(Reason.CLOSED, "");

    final EventLoop loop;
    final Link link;
    private final RedisCounts counts;
    private final Ticker ticker;
    private final int most;

    /** A budget may be added by any thread. */
    private final List<Deadlines> budgets = new CopyOnWriteArrayList<>();

    /** Also those given up, whose answers are still to come. Read by any thread. */
    private final AtomicInteger pending = new AtomicInteger();

    private boolean closed;

    /** When the breaker was last told of a call that Redis had not answered in time. */
    private long lossNanos;

    LoopCalls(EventLoop loop, Link link, RedisCounts counts, Ticker ticker, int most) {
        this.loop = loop;
        this.link = link;
        this.counts = counts;
        this.ticker = ticker;
        this.most = most;
        this.lossNanos = ticker.nanos();
    }

    int pending() {
        return pending.get();
    }

    Deadlines deadlines(Duration budget) {
        Deadlines made =
                new Deadlines(loop, ticker, budget, call -> unanswered(call, budget.toNanos()));
        budgets.add(made);
        return made;
    }

    /**
     * A pause of Redis, or a burst of calls that it works off one by one, loses all that are under
     * way. To the breaker that is one loss, else whoever sends some hundred requests at once would
     * open it for everybody; those count that began after it.
     */
    private void unanswered(Call<?> call, long budgetNanos) {
        if (call.isGuarded()) {
            if (call.deadlineNanos - budgetNanos - lossNanos < 0) {
                call.notTheBreakers();
            } else {
                lossNanos = ticker.nanos();
            }
        }
        refuse(call, SLOW);
    }

    /** {@code guarded} calls are those that a request waits for: they go by the breaker. */
    <T extends @Nullable Object> void start(Call<T> call, Deadlines deadlines, boolean guarded) {
        counts.calls.increment();
        if (closed) {
            refuse(call, CLOSED);
            return;
        }
        RedisClusterAsyncCommands<String, String> redis = link.commands();
        if (redis == null) {
            refuse(call, DOWN);
            return;
        }
        if (pending.get() >= most) {
            refuse(call, QUEUE_FULL);
            return;
        }
        if (guarded && !permitted(call)) {
            refuse(call, OPEN);
            return;
        }
        deadlines.add(call);
        pending.incrementAndGet();
        send(call, call.command, redis);
    }

    /** An open breaker is tried by {@link Probe}s, never by a call. */
    private boolean permitted(Call<?> call) {
        CircuitBreaker breaker = link.breaker(call.key);
        if (breaker == null) {
            return true;
        }
        if (!(breaker.state() instanceof BreakerState.Closed)) {
            return false;
        }
        long permit = breaker.tryAcquire();
        if (permit == CircuitBreaker.REFUSED) {
            return false;
        }
        call.guardedBy(breaker, permit, link.lossIsIll());
        return true;
    }

    private <T extends @Nullable Object> void send(
            Call<T> call,
            Call.Command<T> command,
            RedisClusterAsyncCommands<String, String> redis) {
        CompletionStage<T> reply;
        try {
            reply = command.send(redis);
        } catch (RuntimeException e) {
            ended(call, e);
            return;
        }
        reply.whenComplete((value, error) -> {
            if (!loop.inEventLoop()) {
                loop.execute(() -> replied(call, value, error));
            } else {
                replied(call, value, error);
            }
        });
    }

    private <T extends @Nullable Object> void replied(
            Call<T> call, T value, @Nullable Throwable error) {
        if (error != null) {
            ended(call, error);
            return;
        }
        pending.decrementAndGet();
        if (call.isOver()) {
            counts.late.increment();
        } else {
            call.complete(value);
        }
    }

    private <T extends @Nullable Object> void ended(Call<T> call, Throwable error) {
        if (unknownScript(error) && !call.isOver()) {
            Call.Command<T> whole = call.takeWhole();
            RedisClusterAsyncCommands<String, String> redis = link.commands();
            if (whole != null && redis != null) {
                send(call, whole, redis);
                return;
            }
        }
        pending.decrementAndGet();
        if (!call.isOver()) {
            RedisUnavailable why = Failures.of(error);
            refuse(call, why);
            link.heard(why.reason());
        }
    }

    private static boolean unknownScript(Throwable error) {
        return error instanceof RedisNoScriptException
                || error instanceof CompletionException
                        && error.getCause() instanceof RedisNoScriptException;
    }

    private void refuse(Call<?> call, RedisUnavailable why) {
        counts.failed(why);
        call.fail(why);
    }

    void close() {
        closed = true;
        budgets.forEach(each -> each.drain(call -> refuse(call, CLOSED)));
        link.close();
    }
}
