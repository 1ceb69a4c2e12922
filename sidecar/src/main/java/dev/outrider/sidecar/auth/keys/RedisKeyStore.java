package dev.outrider.sidecar.auth.keys;

import dev.outrider.certs.Json;
import dev.outrider.sidecar.auth.RedisTable;
import dev.outrider.sidecar.redis.Redis;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keys that all instances share: the hash {@code {apikeys}} of Redis, from id to JSON. */
public final class RedisKeyStore implements KeyStore {
    private static final String NAME = "apikeys";
    private static final int TRIES = 10;

    private final RedisTable table;
    private final LastContent<Map<String, String>> last = new LastContent<>(RedisKeyStore::parse);

    public RedisKeyStore(Redis redis) {
        this.table = new RedisTable(redis, NAME);
    }

    @Override
    public @Nullable Map<String, ApiKey> readIfChanged() throws IOException, InterruptedException {
        return last.keys(table.readIfChanged());
    }

    @Override
    public Map<String, ApiKey> read() throws IOException, InterruptedException {
        return parse(table.read().rows());
    }

    @Override
    public void change(UnaryOperator<Map<String, ApiKey>> change)
            throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            RedisTable.Rows seen = table.read();
            Map<String, ApiKey> before = parse(seen.rows());
            Map<String, ApiKey> after = change.apply(before);
            KeyStore.checkSize(after.size());
            Map<String, String> put = new HashMap<>();
            after.forEach((id, key) -> {
                if (!key.equals(before.get(id))) {
                    put.put(id, Json.write(KeyJson.write(key)));
                }
            });
            Set<String> remove = new HashSet<>(before.keySet());
            remove.removeAll(after.keySet());
            if (table.change(seen.version(), put, remove)) {
                return;
            }
        }
        throw new IOException("the API keys change too fast; try again");
    }

    private static Map<String, ApiKey> parse(Map<String, String> rows) throws IOException {
        try {
            KeyStore.checkSize(rows.size());
            Map<String, ApiKey> keys = new LinkedHashMap<>();
            // In an order of its own, since a hash has none.
            for (Map.Entry<String, String> row : new TreeMap<>(rows).entrySet()) {
                ApiKey key = KeyJson.read(row.getValue());
                if (!key.id().equals(row.getKey())) {
                    throw new IllegalArgumentException(
                            "key " + key.id() + " stands under " + row.getKey());
                }
                keys.put(key.id(), key);
            }
            return keys;
        } catch (IllegalArgumentException e) {
            throw new IOException("the API keys in redis: " + e.getMessage(), e);
        }
    }
}
