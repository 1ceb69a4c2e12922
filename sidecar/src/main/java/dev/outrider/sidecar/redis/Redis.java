package dev.outrider.sidecar.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A Redis, whether one, watched by sentinels, or a cluster. No method blocks or throws for the
 * state Redis is in: a stage ends within the budget, with the answer or with a {@link
 * RedisUnavailable} (bare, though stages that depend on it see it in a {@code CompletionException}
 * as always). It ends on the loop that asked, or on some loop when the caller was on none; so
 * dependents must not block.
 *
 * <p>Keys are given without the configured prefix. In a cluster all keys of one script must lie in
 * one slot: give them a common hash tag, as in {@code rl:{alice}:minute}. A call that came to
 * nothing may still have been done by Redis, after its budget or when the connection broke.
 */
public interface Redis extends AutoCloseable {
    /** Runs the script; its reply must be a number or a list of numbers, and nil counts as none. */
    CompletionStage<List<Long>> run(Script script, List<String> keys, List<String> args);

    /** Null if there is no such key. */
    CompletionStage<@Nullable String> get(String key);

    /** Whether the key was there. */
    CompletionStage<Boolean> delete(String key);

    /**
     * The fields of a hash, empty if there is none. A large one is read in pieces, each within the
     * budget: what changes meanwhile may be in it or not.
     */
    CompletionStage<Map<String, String>> hash(String key);

    /**
     * The same connections with another budget, for calls that no request waits for: they pass an
     * open breaker and never open one. To be asked for once and kept; closing it does nothing.
     */
    Redis within(Duration budget);

    /** For metrics and the admin; any thread. */
    RedisStatus status();

    /** Ends what is under way with {@link RedisUnavailable.Reason#CLOSED}; does not wait. */
    @Override
    void close();
}
