package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.auth.Span;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@link KeyOperations} as they are asked for in words and answered in JSON, by the admin port's
 * addresses and by {@code outrider keys} alike: parameters by name, lists with commas, times as
 * {@code 24h} or {@code 90d}. Hashes are never shown.
 */
public final class KeyDesk {
    private static final Duration OVERLAP = Duration.ofHours(24);

    private final KeyOperations operations;
    private final InstantSource clock;

    public KeyDesk(KeyOperations operations, InstantSource clock) {
        this.operations = operations;
        this.clock = clock;
    }

    /** {@code GET /keys}. */
    public Map<String, Object> list() throws IOException, InterruptedException {
        return Map.of("keys", operations.list().stream().map(this::json).toList());
    }

    /** {@code GET /keys/{id}}. */
    public Map<String, Object> show(String id) throws IOException, InterruptedException {
        return json(operations.show(id));
    }

    /**
     * {@code POST /keys?owner=…&tier=…&scopes=a,b&roles=…&tenant=…&expires-in=90d}; the answer's
     * {@code key} is the key itself, and this is the only answer that has it.
     */
    public Map<String, Object> create(Map<String, String> query)
            throws IOException, InterruptedException {
        allow(query, Set.of("owner", "tier", "scopes", "roles", "tenant", "expires-in"));
        KeyRequest request =
                new KeyRequest(
                        query.getOrDefault("owner", ""),
                        query.getOrDefault("tier", ""),
                        names(query, "scopes"),
                        names(query, "roles"),
                        query.getOrDefault("tenant", ""),
                        span(query, "expires-in"));
        return json(operations.create(request));
    }

    /** {@code POST /keys/{id}/rotate?overlap=24h&expires-in=90d}; answers as create does. */
    public Map<String, Object> rotate(String id, Map<String, String> query)
            throws IOException, InterruptedException {
        allow(query, Set.of("overlap", "expires-in"));
        Duration overlap = span(query, "overlap");
        return json(
                operations.rotate(
                        id, overlap == null ? OVERLAP : overlap, span(query, "expires-in")));
    }

    /** {@code POST /keys/{id}/expire?in=24h}, or {@code ?in=never}. */
    public Map<String, Object> expire(String id, Map<String, String> query)
            throws IOException, InterruptedException {
        allow(query, Set.of("in"));
        if ("never".equals(query.get("in"))) {
            return json(operations.expire(id, null));
        }
        Duration in = span(query, "in");
        if (in == null) {
            throw new IllegalArgumentException("say in how long, such as in=24h, or in=never");
        }
        return json(operations.expire(id, clock.instant().plus(in)));
    }

    /** {@code POST /keys/{id}/revoke}. */
    public Map<String, Object> revoke(String id) throws IOException, InterruptedException {
        return json(operations.revoke(id));
    }

    private Map<String, Object> json(IssuedKey issued) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", issued.secret());
        json.putAll(json(issued.key()));
        return json;
    }

    private Map<String, Object> json(ApiKey key) {
        Map<String, Object> json = KeyJson.write(key);
        json.remove("hash");
        json.put("state", word(key.state(clock.instant())));
        return json;
    }

    private static String word(ApiKey.State state) {
        return switch (state) {
            case ACTIVE -> "active";
            case EXPIRED -> "expired";
            case REVOKED -> "revoked";
        };
    }

    /** A misspelt limit must not make a key without one. */
    private static void allow(Map<String, String> query, Set<String> names) {
        for (String name : query.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no parameter '"
                                + name
                                + "', only "
                                + names.stream().sorted().toList());
            }
        }
    }

    private static List<String> names(Map<String, String> query, String name) {
        return Arrays.stream(query.getOrDefault(name, "").split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private static @Nullable Duration span(Map<String, String> query, String name) {
        String text = query.get(name);
        return text == null ? null : Span.parse(text);
    }
}
