package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One loop's way to Redis, which it makes and remakes by itself. On the loop only, but for {@link
 * #connected}.
 */
sealed interface Link permits StandaloneLink, ClusterLink {
    /** Begins to connect, and goes on until it is closed. */
    void open();

    /** Any thread. */
    boolean connected();

    /** Null while there is no connection. */
    @Nullable RedisClusterAsyncCommands<String, String> commands();

    /** Of the node that serves the key; null if nobody knows which one does. */
    @Nullable CircuitBreaker breaker(String key);

    /**
     * Whether a broken connection counts for the breaker. Not where {@link #commands} says so at
     * once and for nothing: calls go on as soon as it is made anew.
     */
    boolean lossIsIll();

    /** Asks the node whose breaker has that id for a sign of life; null if it is gone. */
    @Nullable CompletionStage<String> ping(String id);

    /** A call failed so. */
    void heard(Reason reason);

    /** A breaker opened: perhaps another node is the master by now. */
    void doubt();

    void close();
}
