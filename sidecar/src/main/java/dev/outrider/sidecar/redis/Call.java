package dev.outrider.sidecar.redis;

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
    private boolean lossIsIll;
    private boolean over;
    long deadlineNanos;

    Call(String key, Command<T> command, @Nullable Command<T> whole) {
        this.key = key;
        this.command = command;
        this.whole = whole;
    }

    /** The permit ends with the call; {@code lossIsIll} as {@link Link#lossIsIll} has it. */
    void guardedBy(CircuitBreaker breaker, long permit, boolean lossIsIll) {
        this.breaker = breaker;
        this.permit = permit;
        this.lossIsIll = lossIsIll;
    }

    boolean isGuarded() {
        return breaker != null;
    }

    /** Its end says nothing of Redis that the breaker has not heard. */
    void notTheBreakers() {
        if (breaker != null) {
            breaker.ignored(permit);
            breaker = null;
        }
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
            switch (why.reason()) {
                case QUEUE_FULL, CLOSED, BREAKER_OPEN -> breaker.ignored(permit);
                case SLOW, LOADING, BUSY, MOVED -> breaker.failed(permit);
                case DOWN -> {
                    if (lossIsIll) {
                        breaker.failed(permit);
                    } else {
                        breaker.ignored(permit);
                    }
                }
                // An answer in time is none of an ill Redis, even if it refuses: a full one still
                // answers reads.
                case FULL, READ_ONLY, REFUSED, ERROR -> breaker.succeeded(permit);
            }
        }
        answer.completeExceptionally(why);
    }
}
