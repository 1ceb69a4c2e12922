package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.redis.Redis;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Denied token ids in Redis: the hash {@code {denied}}, from id to the second (since 1970) at which
 * its token has expired anyway, and the id need not be kept. Blocks, as {@link RedisTable} does.
 */
public final class RedisDeniedIds implements DeniedSource {
    private static final String NAME = "denied";
    private static final int MOST = 100_000;
    private static final int LONGEST = 512;
    private static final int TRIES = 10;

    private final RedisTable table;
    private final InstantSource clock;

    public RedisDeniedIds(Redis redis, InstantSource clock) {
        this.table = new RedisTable(redis, NAME);
        this.clock = clock;
    }

    @Override
    public @Nullable Set<String> readIfChanged() throws IOException, InterruptedException {
        Map<String, String> rows = table.readIfChanged();
        if (rows == null) {
            return null;
        }
        if (rows.size() > MOST) {
            throw new IOException("the deny list in redis has more than " + MOST + " ids");
        }
        Set<String> ids = new HashSet<>(rows.keySet());
        ids.removeAll(expired(rows));
        return Set.copyOf(ids);
    }

    /** Refuses that token at every instance from within a second or two until it has expired. */
    public void deny(String id, Instant until) throws IOException, InterruptedException {
        if (id.isBlank() || id.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a token's id (jti) has 1 to " + LONGEST + " characters");
        }
        String second = Long.toString(until.getEpochSecond() + 1);
        for (int i = 0; i < TRIES; i++) {
            RedisTable.Rows seen = table.read();
            if (table.change(seen.version(), Map.of(id, second), expired(seen.rows()))) {
                return;
            }
        }
        throw new IOException("the deny list changes too fast; try again");
    }

    private Set<String> expired(Map<String, String> rows) {
        long now = clock.instant().getEpochSecond();
        Set<String> expired = new HashSet<>();
        rows.forEach((id, second) -> {
            if (second.matches("[0-9]{1,12}") && Long.parseLong(second) < now) {
                expired.add(id);
            }
        });
        return expired;
    }
}
