package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One call under way. On its loop once it is started. */
final class Call<T extends @Nullable Object> {
    /** Makes Redis do it. */
    @FunctionalInterface
    interface Command<T extends @Nullable Object> {
        CompletionStage<T> send(RedisClusterAsyncCommands<String, String> redis);
    }

    /** With the prefix; what node it goes to. */
    final String key;

    final Command<T> command;
    final CompletableFuture<T> answer = new CompletableFuture<>();

    /** What to do instead if Redis does not know the script; then null. */
    private @Nullable Command<T> whole;

    private @Nullable CircuitBreaker breaker;
    private long permit;
    private boolean over;
    long deadlineNanos;

    Call(String key, Command<T> command, @Nullable Command<T> whole) {
        this.key = key;
        this.command = command;
        this.whole = whole;
    }

    /** The permit ends with the call. */
    void guardedBy(CircuitBreaker breaker, long permit) {
        this.breaker = breaker;
        this.permit = permit;
    }

    @Nullable Command<T> takeWhole() {
        Command<T> taken = whole;
        whole = null;
        return taken;
    }

    boolean isOver() {
        return over;
    }

    void complete(T value) {
        over = true;
        if (breaker != null) {
            breaker.succeeded(permit);
        }
        answer.complete(value);
    }

    void fail(RedisUnavailable why) {
        over = true;
        if (breaker != null) {
            if (Failures.ill(why.reason())) {
                breaker.failed(permit);
            } else if (why.reason() == Reason.QUEUE_FULL || why.reason() == Reason.CLOSED) {
                breaker.ignored(permit);
            } else {
                breaker.succeeded(permit);
            }
        }
        answer.completeExceptionally(why);
    }
}
