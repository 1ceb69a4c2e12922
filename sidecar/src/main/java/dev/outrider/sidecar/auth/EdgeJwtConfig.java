package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
        PartChecks checks = new PartChecks();
        if (issuers.isEmpty()) {
            checks.add(PartPath.of("issuers"), "name at least one issuer");
        }
        Set<String> names = new HashSet<>();
        issuers.forEach((name, each) -> {
            if (!names.add(each.issuer())) {
                checks.add(
                        PartPath.of("issuers", name, "issuer"),
                        "two issuers have the same 'issuer', so their tokens cannot be told apart;"
                                + " make them one with several audiences");
            }
        });
        if (cacheSize < 1) {
            checks.add(PartPath.of("cacheSize"), "cacheSize must be at least 1");
        }
        checks.refuse();
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
