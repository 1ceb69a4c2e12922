package dev.outrider.sidecar.auth.keys;

import dev.outrider.certs.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys as they are stored, in a file and in Redis alike. Strict: a member that is not known may be
 * a rule of a later version that would not be kept.
 */
final class KeyJson {
    private static final Set<String> MEMBERS =
            Set.of(
                    "id",
                    "hash",
                    "owner",
                    "tier",
                    "scopes",
                    "roles",
                    "tenant",
                    "created",
                    "expires",
                    "revoked",
                    "rotatedFrom");

    private KeyJson() {}

    static Map<String, Object> write(ApiKey key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", key.id());
        json.put("hash", key.hash());
        json.put("owner", key.owner());
        putText(json, "tier", key.tier());
        putNames(json, "scopes", key.scopes());
        putNames(json, "roles", key.roles());
        putText(json, "tenant", key.tenant());
        json.put("created", key.created().toString());
        putText(json, "expires", key.expires());
        putText(json, "revoked", key.revoked());
        putText(json, "rotatedFrom", key.rotatedFrom());
        return json;
    }

    private static void putText(Map<String, Object> json, String name, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            json.put(name, value.toString());
        }
    }

    private static void putNames(Map<String, Object> json, String name, List<String> names) {
        if (!names.isEmpty()) {
            json.put(name, names);
        }
    }

    static ApiKey read(String json) {
        return read(Json.object(json));
    }

    /** Refuses with an {@link IllegalArgumentException}. */
    static ApiKey read(Map<?, ?> json) {
        for (Object name : json.keySet()) {
            if (!MEMBERS.contains(String.valueOf(name))) {
                throw new IllegalArgumentException("a key has the unknown member '" + name + "'");
            }
        }
        Instant created = instant(json, "created");
        if (created == null) {
            throw new IllegalArgumentException("a key has no 'created'");
        }
        return new ApiKey(
                text(json, "id"),
                text(json, "hash"),
                text(json, "owner"),
                text(json, "tier"),
                names(json, "scopes"),
                names(json, "roles"),
                text(json, "tenant"),
                created,
                instant(json, "expires"),
                instant(json, "revoked"),
                json.containsKey("rotatedFrom") ? text(json, "rotatedFrom") : null);
    }

    private static String text(Map<?, ?> json, String name) {
        Object value = json.get(name);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String text)) {
            throw new IllegalArgumentException("'" + name + "' of a key is no text");
        }
        return text;
    }

    private static List<String> names(Map<?, ?> json, String name) {
        List<String> names = new ArrayList<>();
        if (json.get(name) == null) {
            return names;
        }
        if (!(json.get(name) instanceof List<?> list)) {
            throw new IllegalArgumentException("'" + name + "' of a key is no list");
        }
        for (Object each : list) {
            if (!(each instanceof String text)) {
                throw new IllegalArgumentException("'" + name + "' of a key holds no text");
            }
            names.add(text);
        }
        return names;
    }

    private static @Nullable Instant instant(Map<?, ?> json, String name) {
        String text = text(json, name);
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' of a key is no time such as 2026-01-31T12:00:00Z", e);
        }
    }
}
