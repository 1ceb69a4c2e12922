package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.redis.RedisUnavailable;
import dev.outrider.sidecar.redis.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A small table that all instances share: a hash in Redis, and beside it a number that counts its
 * changes; it begins with the time, so that a table made anew after a flush is not taken for the
 * one before. Looking for a change costs one GET; a change is made in one step, and only of what
 * the changer has seen. Blocks; on one virtual thread at a time, but for {@link #change}, which any
 * may call.
 */
public final class RedisTable {
    private static final Duration BUDGET = Duration.ofSeconds(2);

    /** Looks are a second apart: whoever writes by hand, past the number, is seen after these. */
    private static final int LOOKS_UNTIL_READ = 30;

    private static final Script CHANGE =
            new Script(
                    "table-change",
                    """
                    local version = tonumber(redis.call('GET', KEYS[2]) or '0')
                    if tonumber(ARGV[1]) ~= version then return 0 end
                    local put = tonumber(ARGV[2])
                    for i = 0, put - 1 do
                      redis.call('HSET', KEYS[1], ARGV[3 + 2 * i], ARGV[4 + 2 * i])
                    end
                    for i = 3 + 2 * put, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
                    if version == 0 then
                      local now = redis.call('TIME')
                      redis.call('SET', KEYS[2], now[1] .. string.format('%06d', now[2]))
                    else
                      redis.call('INCR', KEYS[2])
                    end
                    return 1
                    """);

    private final Redis redis;
    private final String table;
    private final String version;
    private @Nullable String seen;
    private int looks;

    /** {@code name} is without braces; both keys lie in the slot it hashes to. */
    public RedisTable(Redis redis, String name) {
        this.redis = redis.within(BUDGET);
        this.table = "{" + name + "}";
        this.version = table + ":version";
    }

    /** All rows at some version; a change since then would make {@link #change} do nothing. */
    public record Rows(long version, Map<String, String> rows) {}

    /**
     * The rows if they may have changed since the last successful call, else null.
     *
     * @throws NotConnectedYet if no attempt to connect has come to an end
     * @throws IOException if Redis does not say, or has lost the table it had
     */
    public @Nullable Map<String, String> readIfChanged() throws IOException, InterruptedException {
        String now = get(redis.get(version));
        if (now == null && seen != null) {
            // An empty table has a number too. This one was flushed, or never replicated: that
            // says nothing of the rows it had. Whatever comes in its place is to be read.
            looks = 0;
            throw new IOException("the table " + table + " is gone from redis");
        }
        if (Objects.equals(now, seen) && looks > 0) {
            looks--;
            return null;
        }
        Map<String, String> rows = get(redis.hash(table));
        if (now != null && rows.isEmpty()) {
            // Every change leaves a row behind, so they were deleted by hand, or evicted.
            throw new IOException("the rows of the table " + table + " are gone from redis");
        }
        seen = now;
        looks = LOOKS_UNTIL_READ;
        return rows;
    }

    /** The rows now, to change them. */
    public Rows read() throws IOException, InterruptedException {
        String now = get(redis.get(version));
        // After the number: what is newer than it only makes the change be tried again.
        Map<String, String> rows = get(redis.hash(table));
        try {
            return new Rows(now == null ? 0 : Long.parseLong(now), rows);
        } catch (NumberFormatException e) {
            throw new IOException("redis holds no number at " + version, e);
        }
    }

    /** Whether it was done: false if the table has changed since that version. */
    public boolean change(long seenVersion, Map<String, String> put, Set<String> remove)
            throws IOException, InterruptedException {
        List<String> args = new ArrayList<>();
        args.add(Long.toString(seenVersion));
        args.add(Integer.toString(put.size()));
        put.forEach((field, value) -> {
            args.add(field);
            args.add(value);
        });
        args.addAll(remove);
        List<Long> done = get(redis.run(CHANGE, List.of(table, version), args));
        return !done.isEmpty() && done.getFirst() == 1;
    }

    private <T extends @Nullable Object> T get(CompletionStage<T> answer)
            throws IOException, InterruptedException {
        try {
            // Redis keeps its budget; the longer wait is for a loop that never runs.
            return answer.toCompletableFuture().get(2 * BUDGET.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RedisUnavailable why)) {
                throw new IOException(String.valueOf(e.getCause()), e);
            }
            // Whoever connects tells of each attempt that fails.
            if (why.reason() == RedisUnavailable.Reason.DOWN
                    && redis.status().lastError() == null) {
                throw new NotConnectedYet(e);
            }
            throw new IOException(why.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("redis: no answer", e);
        }
    }
}
