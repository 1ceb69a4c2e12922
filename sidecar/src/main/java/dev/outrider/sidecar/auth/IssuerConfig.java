package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One issuer whose tokens are accepted from outside.
 *
 * @param issuer the {@code iss} of its tokens, to the letter
 * @param audiences one of which a token must be meant for; empty for any, which the file must say
 * @param leeway how far the clocks may differ
 * @param required values of which a claim must have one, by claim
 * @param source where in a request its tokens are
 */
public record IssuerConfig(
        String issuer,
        List<String> audiences,
        JwksConfig jwks,
        List<TokenAlgorithm> algorithms,
        Duration leeway,
        Map<String, List<String>> required,
        TokenSource source,
        ClaimNames claims) {
    public static final List<TokenAlgorithm> ALGORITHMS =
            List.of(TokenAlgorithm.ES256, TokenAlgorithm.RS256);
    public static final Duration LEEWAY = Duration.ofSeconds(30);
    private static final Duration MOST_LEEWAY = Duration.ofMinutes(5);

    /** Room for a key's thumbprints; what brings a certificate chain along brings it in vain. */
    private static final int LONGEST_HEADER = 2048;

    private static final int LONGEST_SUBJECT = 255;

    public IssuerConfig {
        audiences = List.copyOf(audiences);
        algorithms = List.copyOf(algorithms);
        required = Map.copyOf(required);
        if (issuer.isBlank()) {
            throw new IllegalArgumentException("name the issuer as its tokens do in 'iss'");
        }
        if (audiences.contains("")) {
            throw new IllegalArgumentException("an audience must not be empty");
        }
        if (jwks.file() == null && jwks.url() == null) {
            throw new IllegalArgumentException(
                    "say under 'jwks' where the issuer's keys come from: file or url");
        }
        if (algorithms.isEmpty()) {
            throw new IllegalArgumentException("allow at least one algorithm");
        }
        if (leeway.isNegative() || leeway.compareTo(MOST_LEEWAY) > 0 || leeway.getNano() != 0) {
            throw new IllegalArgumentException("leeway must be whole seconds from 0s to 5m");
        }
        if (required.values().stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("name at least one value for each required claim");
        }
        required.keySet().forEach(ClaimPath::new);
    }

    TokenRules rules() {
        Map<ClaimPath, List<String>> paths = new LinkedHashMap<>();
        required.forEach((claim, values) -> paths.put(new ClaimPath(claim), values));
        return new TokenRules(
                audiences,
                List.of(issuer),
                algorithms,
                leeway,
                claims.subject(),
                paths,
                LONGEST_HEADER,
                LONGEST_SUBJECT);
    }

    public static final Schema<IssuerConfig> SCHEMA =
            Schema.record(
                    "IssuerConfig",
                    "An issuer of tokens (JWT) that callers from outside may show. A token is"
                            + " verified with the keys of the issuer it names and no other's.",
                    IssuerConfig::read);

    private static IssuerConfig read(Fields f) {
        String issuer =
                f.required("issuer", Schemas.text(), "the 'iss' of its tokens, to the letter");
        List<String> audiences =
                f.optional(
                        "audience",
                        Schemas.list(Schemas.text()),
                        List.of(),
                        "accepted audiences; a token must be meant for one of them");
        boolean any =
                f.optional(
                        "anyAudience",
                        Schemas.bool(),
                        false,
                        "instead of audience: accept tokens the issuer made for whomever");
        JwksConfig jwks =
                f.required("jwks", JwksConfig.SCHEMA, "where the issuer's public keys come from");
        List<TokenAlgorithm> algorithms =
                f.optional(
                        "algorithms",
                        Schemas.list(TokenAlgorithm.SCHEMA),
                        ALGORITHMS,
                        "signature algorithms accepted");
        Duration leeway =
                f.optional("leeway", Schemas.duration(), LEEWAY, "how far the clocks may differ");
        Map<String, List<String>> required =
                f.optional(
                        "required",
                        Schemas.map(Schemas.list(Schemas.text())),
                        Map.of(),
                        "by claim, the value it must have, or one of several");
        String header =
                f.nullable(
                        "header",
                        Schemas.text(),
                        "field the token is in; 'authorization', behind Bearer, unless this or"
                                + " 'cookie' says otherwise");
        String cookie = f.nullable("cookie", Schemas.text(), "cookie the token is in");
        ClaimNames claims =
                f.optional(
                        "claims",
                        ClaimNames.SCHEMA,
                        ClaimNames.DEFAULTS,
                        "which claims say who calls and what he may");
        // Only now, since a schema is described by asking for every field.
        return new IssuerConfig(
                issuer,
                audiences(audiences, any),
                jwks,
                algorithms,
                leeway,
                required,
                source(header, cookie),
                claims);
    }

    private static List<String> audiences(List<String> audiences, boolean any) {
        if (any != audiences.isEmpty()) {
            throw new IllegalArgumentException(
                    "name the audience tokens must be meant for, usually the address of this API;"
                            + " or say 'anyAudience: true', and nothing else, if the issuer's"
                            + " tokens have none");
        }
        return audiences;
    }

    private static TokenSource source(@Nullable String header, @Nullable String cookie) {
        if (header != null && cookie != null) {
            throw new IllegalArgumentException("give the tokens' header or their cookie, not both");
        }
        if (cookie != null) {
            return new TokenSource.Cookie(cookie);
        }
        if (header != null && header.contains("_")) {
            throw new IllegalArgumentException(
                    "header '" + header + "' must not hold '_', which many servers read as '-'");
        }
        return header == null
                ? TokenSource.AUTHORIZATION
                : new TokenSource.Field(new TokenHeader(header));
    }
}
