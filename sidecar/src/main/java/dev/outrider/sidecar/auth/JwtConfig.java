package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are accepted.
 *
 * @param audiences one of which the token must be meant for
 * @param issuers one of which must have issued it; empty for any that signs with a known key
 * @param leeway how far the clocks may differ
 * @param required whether a request without a token is refused
 * @param subjectIsPeer whether the token's subject must be the TLS peer, so that a stolen token is
 *     useless
 * @param denyList file of refused token ids, null for none
 * @param cacheSize verified tokens remembered
 */
public record JwtConfig(
        List<String> audiences,
        List<String> issuers,
        JwksConfig jwks,
        List<TokenAlgorithm> algorithms,
        Duration leeway,
        TokenHeader header,
        boolean required,
        boolean subjectIsPeer,
        @Nullable Path denyList,
        int cacheSize) {
    private static final List<TokenAlgorithm> ALGORITHMS =
            List.of(TokenAlgorithm.ES256, TokenAlgorithm.RS256);
    private static final Duration LEEWAY = Duration.ofSeconds(30);
    private static final Duration MOST_LEEWAY = Duration.ofMinutes(5);
    private static final int CACHE_SIZE = 4096;

    public JwtConfig {
        audiences = List.copyOf(audiences);
        issuers = List.copyOf(issuers);
        algorithms = List.copyOf(algorithms);
        if (audiences.isEmpty() || audiences.contains("")) {
            throw new IllegalArgumentException(
                    "name the audience tokens must be meant for, usually this service's name");
        }
        if (issuers.contains("")) {
            throw new IllegalArgumentException("an issuer must not be empty");
        }
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("allow at least one algorithm");
        }
        if (leeway.isNegative() || leeway.compareTo(MOST_LEEWAY) > 0 || leeway.getNano() != 0) {
            throw new IllegalArgumentException("leeway must be whole seconds from 0s to 5m");
        }
        if (cacheSize < 1) {
            throw new IllegalArgumentException("cacheSize must be at least 1");
        }
    }

    /** What holds for a service of that name when nothing else is said. */
    public static JwtConfig forAudience(String audience) {
        return new JwtConfig(
                List.of(audience),
                List.of(),
                JwksConfig.DEFAULTS,
                ALGORITHMS,
                LEEWAY,
                new TokenHeader(TokenHeader.DEFAULT_NAME),
                true,
                true,
                null,
                CACHE_SIZE);
    }

    TokenRules rules() {
        return new TokenRules(
                audiences,
                issuers,
                algorithms,
                leeway,
                ClaimNames.DEFAULTS.subject(),
                Map.of(),
                TokenShape.LONGEST,
                TokenShape.LONGEST);
    }

    public static final Schema<JwtConfig> SCHEMA =
            Schema.record(
                    "JwtConfig",
                    "Which service-to-service tokens are accepted.",
                    f ->
                            new JwtConfig(
                                    f.required(
                                            "audience",
                                            Schemas.list(Schemas.text()),
                                            "accepted audiences, usually this service's name; a"
                                                    + " token must be meant for one of them"),
                                    f.optional(
                                            "issuers",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "accepted issuers; without any, whoever signs with a"
                                                    + " known key"),
                                    f.optional(
                                            "jwks",
                                            JwksConfig.SCHEMA,
                                            JwksConfig.DEFAULTS,
                                            "where the issuer's public keys come from"),
                                    f.optional(
                                            "algorithms",
                                            Schemas.list(TokenAlgorithm.SCHEMA),
                                            ALGORITHMS,
                                            "signature algorithms accepted"),
                                    f.optional(
                                            "leeway",
                                            Schemas.duration(),
                                            LEEWAY,
                                            "how far the clocks may differ"),
                                    new TokenHeader(
                                            f.optional(
                                                    "header",
                                                    Schemas.text(),
                                                    TokenHeader.DEFAULT_NAME,
                                                    "field the token travels in; with"
                                                            + " 'authorization' behind Bearer")),
                                    f.optional(
                                            "required",
                                            Schemas.bool(),
                                            true,
                                            "whether a request without a token is refused"),
                                    f.optional(
                                            "subjectIsPeer",
                                            Schemas.bool(),
                                            true,
                                            "whether the token's subject must be the TLS peer, so"
                                                    + " that a stolen token is useless"),
                                    f.nullable(
                                            "denyList",
                                            JwksConfig.path(),
                                            "file of refused token ids (jti), one a line"),
                                    f.optional(
                                            "cacheSize",
                                            Schemas.integer(1, 100_000),
                                            CACHE_SIZE,
                                            "verified tokens remembered")));
}
