package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.resilience.Backoff;
import io.lettuce.core.api.StatefulConnection;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries for a first connection until there is one; from then on Lettuce keeps it. So a Redis that
 * is down when the proxy starts hinders nothing. On the loop, but for the attempts: the first one
 * loads some hundred classes, for which no request shall wait.
 */
final class Connecting<C extends StatefulConnection<String, String>> {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);

    private final EventLoop loop;
    private final Supplier<? extends CompletionStage<C>> attempt;
    private final Consumer<C> made;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final RedisCounts counts;
    private @Nullable String said;
    private int failures;
    private boolean closed;

    /** {@code attempt} is called on a virtual thread, one at a time. */
    Connecting(
            EventLoop loop,
            Supplier<? extends CompletionStage<C>> attempt,
            Consumer<C> made,
            Lettuce.Patience patience,
            RedisCounts counts) {
        this.loop = loop;
        this.attempt = attempt;
        this.made = made;
        this.backoff = patience.backoff();
        this.random = patience.random();
        this.counts = counts;
    }

    void start() {
        if (!closed) {
            Thread.ofVirtual().name("redis-connect").start(this::connect);
        }
    }

    private void connect() {
        CompletionStage<C> stage;
        try {
            stage = attempt.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedStage(e);
        }
        try {
            stage.whenCompleteAsync(this::tried, loop);
        } catch (RejectedExecutionException e) {
            LOG.debug("redis: the event loop has ended");
        }
    }

    private void tried(@Nullable C connection, @Nullable Throwable error) {
        if (connection == null) {
            failed(error == null ? new IllegalStateException("no connection") : error);
        } else if (closed) {
            var _ = connection.closeAsync();
        } else {
            made.accept(connection);
        }
    }

    private void failed(Throwable error) {
        RedisUnavailable why = Failures.of(error);
        counts.trouble(why);
        if (closed) {
            return;
        }
        String sentence = String.valueOf(why.getMessage());
        if (!sentence.equals(said)) {
            said = sentence;
            LOG.warn("no connection yet, trying on: {}", sentence);
        }
        long delay = backoff.delayNanos(failures++, random);
        var _ = loop.schedule(this::start, delay, TimeUnit.NANOSECONDS);
    }

    void close() {
        closed = true;
    }
}
