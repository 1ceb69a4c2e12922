package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.redis.Redis;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where keys are kept, by id. Everything blocks, within deadlines of the store's own; an {@link
 * IOException} carries a sentence for an operator.
 */
public interface KeyStore {
    /** More than these a proxy does not hold in memory, and a store does not take. */
    int MOST_KEYS = 10_000;

    /**
     * The store of a configuration.
     *
     * @param redis null if no Redis is configured
     */
    static KeyStore of(ApiKeysConfig config, @Nullable Redis redis, InstantSource clock) {
        if (config.file() != null) {
            return new FileKeyStore(config.file(), clock);
        }
        if (redis == null) {
            throw new IllegalArgumentException("API keys are in redis, and none is configured");
        }
        return new RedisKeyStore(redis);
    }

    /** All keys if they may have changed since the last successful call, else null. */
    @Nullable Map<String, ApiKey> readIfChanged() throws IOException, InterruptedException;

    /** All keys now. */
    Map<String, ApiKey> read() throws IOException, InterruptedException;

    /**
     * Puts what {@code change} makes of the keys in their place, in one step: what others change
     * meanwhile is not lost. It may be asked more than once, and refuses by an {@link
     * IllegalArgumentException}.
     */
    void change(UnaryOperator<Map<String, ApiKey>> change) throws IOException, InterruptedException;

    /** Refuses a table that is larger than a proxy can hold. */
    static void checkSize(int keys) {
        if (keys > MOST_KEYS) {
            throw new IllegalArgumentException("there may be at most " + MOST_KEYS + " API keys");
        }
    }
}
