package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are accepted from outside.
 *
 * @param issuers by the name that routes call them by
 * @param denyList ids of refused tokens, of all issuers; null for none
 * @param cacheSize verified tokens remembered
 */
public record EdgeJwtConfig(
        Map<String, IssuerConfig> issuers, @Nullable DenyListConfig denyList, int cacheSize) {
    private static final int CACHE_SIZE = 4096;

    public EdgeJwtConfig {
        issuers = Collections.unmodifiableMap(new LinkedHashMap<>(issuers));
        if (issuers.isEmpty()) {
            throw new IllegalArgumentException("name at least one issuer");
        }
        if (issuers.values().stream().map(IssuerConfig::issuer).distinct().count()
                != issuers.size()) {
            throw new IllegalArgumentException(
                    "two issuers have the same 'issuer', so their tokens cannot be told apart;"
                            + " make them one with several audiences");
        }
        if (cacheSize < 1) {
            throw new IllegalArgumentException("cacheSize must be at least 1");
        }
    }

    public static final Schema<EdgeJwtConfig> SCHEMA =
            Schema.record(
                    "EdgeJwtConfig",
                    "Whose tokens (JWT) are accepted from outside.",
                    f ->
                            new EdgeJwtConfig(
                                    f.required(
                                            "issuers",
                                            Schemas.map(IssuerConfig.SCHEMA),
                                            "issuers by the name that routes call them by"),
                                    f.nullable(
                                            "denyList",
                                            DenyListConfig.SCHEMA,
                                            "ids (jti) of tokens that are refused"),
                                    f.optional(
                                            "cacheSize",
                                            Schemas.integer(1, 100_000),
                                            CACHE_SIZE,
                                            "verified tokens remembered")));
}
