package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.auth.ClaimNames;
import dev.outrider.sidecar.auth.NameList;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.http.FieldValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All keys at one moment, ready to judge requests by. Immutable. */
final class KeySnapshot {
    /** What callers with a key are issued by. */
    static final String ISSUER = "api-key";

    private final Map<FieldValue, Known> byId;

    KeySnapshot(Collection<ApiKey> keys) {
        Map<FieldValue, Known> known = HashMap.newHashMap(keys.size());
        for (ApiKey key : keys) {
            known.put(
                    FieldValue.of(key.id()),
                    new Known(
                            key,
                            HexFormat.of().parseHex(key.hash()),
                            new KeyOutcome.Accepted(caller(key))));
        }
        this.byId = Map.copyOf(known);
    }

    /** A key with what would be made of it for each request. */
    static final class Known {
        final ApiKey key;
        final byte[] hash;
        final KeyOutcome.Accepted accepted;

        Known(ApiKey key, byte[] hash, KeyOutcome.Accepted accepted) {
            this.key = key;
            this.hash = hash;
            this.accepted = accepted;
        }
    }

    @Nullable Known find(FieldValue id) {
        return byId.get(id);
    }

    int size() {
        return byId.size();
    }

    private static Caller caller(ApiKey key) {
        Map<String, Object> claims = new LinkedHashMap<>();
        put(claims, ClaimNames.TIER, key.tier());
        put(claims, ClaimNames.TENANT, key.tenant());
        put(claims, ClaimNames.SCOPE, String.join(" ", key.scopes()));
        if (!key.roles().isEmpty()) {
            claims.put(ClaimNames.ROLES, new NameList(key.roles()));
        }
        return new Caller(
                key.owner(), ISSUER, key.id(), java.util.Collections.unmodifiableMap(claims));
    }

    private static void put(Map<String, Object> claims, String name, String text) {
        if (!text.isEmpty()) {
            claims.put(name, text);
        }
    }
}
