package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.resilience.Backoff;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries for a first connection until there is one; from then on Lettuce keeps it. So a Redis that
 * is down when the proxy starts hinders nothing. On the loop.
 */
final class Connecting<C> {
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
        if (closed) {
            return;
        }
        CompletionStage<C> stage;
        try {
            stage = attempt.get();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        stage.whenCompleteAsync(
                (connection, error) -> {
                    if (error != null) {
                        failed(error);
                    } else {
                        made.accept(connection);
                    }
                },
                loop);
    }

    private void failed(Throwable error) {
        RedisUnavailable why = Failures.of(error);
        counts.trouble(why);
        String sentence = String.valueOf(why.getMessage());
        if (!closed && !sentence.equals(said)) {
            said = sentence;
            LOG.warn("no connection yet, trying on: {}", sentence);
        }
        long delay = backoff.delayNanos(failures++, random);
        if (!closed) {
            var _ = loop.schedule(this::start, delay, TimeUnit.NANOSECONDS);
        }
    }

    void close() {
        closed = true;
    }
}
