package dev.outrider.sidecar.auth;

import dev.outrider.certs.Json;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Caller;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.security.SecurityException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a signed token (RFC 7519, with the advice of RFC 8725) against a key set. The header is
 * judged before any key is touched: its algorithm must be allowed, the key it names must be of that
 * algorithm's own type, and nothing in it can bring a key along ({@code jku}, {@code x5u}, {@code
 * jwk} and {@code x5c} are asked for none). Pure but for the clock; any thread.
 */
final class TokenVerifier {
    /** Types of tokens made to be presented as credentials (RFC 8725, section 3.11). */
    private static final Set<String> TYPES =
            Set.of("jwt", "jose", "at+jwt", "application/jwt", "application/at+jwt");

    private final TokenRules rules;
    private final InstantSource clock;

    TokenVerifier(TokenRules rules, InstantSource clock) {
        this.rules = rules;
        this.clock = clock;
    }

    TokenResult verify(String token, KeySet keys) {
        try {
            TokenShape shape = TokenShape.of(token);
            if (shape.firstDot() > rules.longestHeader()) {
                return new TokenResult.Refused(
                        TokenRefusal.MALFORMED, "the token's header is too long");
            }
            return verify(token, Json.object(shape.header(token)), keys);
        } catch (ExpiredJwtException e) {
            return new TokenResult.Refused(TokenRefusal.EXPIRED, text(e));
        } catch (PrematureJwtException e) {
            return new TokenResult.Refused(TokenRefusal.NOT_YET_VALID, text(e));
        } catch (SecurityException e) {
            return new TokenResult.Refused(TokenRefusal.SIGNATURE, text(e));
        } catch (JwtException | IllegalArgumentException e) {
            return new TokenResult.Refused(TokenRefusal.MALFORMED, text(e));
        }
    }

    private TokenResult verify(String token, Map<String, @Nullable Object> header, KeySet keys) {
        String name = required(header, "alg");
        TokenAlgorithm algorithm = TokenAlgorithm.named(name);
        if (algorithm == null || !rules.algorithms().contains(algorithm)) {
            return new TokenResult.Refused(
                    TokenRefusal.ALGORITHM, "algorithm '" + name + "' is not allowed here");
        }
        checkHeader(header);
        String id = optional(header, "kid");
        KeySet.Key key = id == null ? keys.only(algorithm) : keys.find(id);
        if (key == null) {
            return new TokenResult.UnknownKey(
                    id == null
                            ? "the token names no key, and not exactly one suits " + algorithm
                            : "no key has kid '" + id + "'");
        }
        if (!key.suits(algorithm)) {
            return new TokenResult.Refused(
                    TokenRefusal.ALGORITHM, "key '" + id + "' is not for " + algorithm);
        }
        return judge(parser(key, algorithm).parseSignedClaims(token).getPayload());
    }

    /** Exactly this key, exactly this algorithm, no encryption, no compression. */
    private JwtParser parser(KeySet.Key key, TokenAlgorithm algorithm) {
        return Jwts.parser()
                .verifyWith(key.key())
                .sig()
                .clear()
                .add(algorithm.signature())
                .and()
                .zip()
                .clear()
                .and()
                .json(new JoseJson())
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(rules.leeway().toSeconds())
                .build();
    }

    private static void checkHeader(Map<String, @Nullable Object> header) {
        // No extension is understood here, so any critical one must refuse the token (RFC 7515,
        // section 4.1.11); b64 and zip would change what the signed bytes mean.
        for (String name : Set.of("crit", "b64", "zip", "enc")) {
            if (header.containsKey(name)) {
                throw new IllegalArgumentException("header parameter '" + name + "' is refused");
            }
        }
        String type = optional(header, "typ");
        if (type != null && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("a token of type '" + type + "' is no credential");
        }
        if (header.containsKey("cty")) {
            throw new IllegalArgumentException("a token within a token is refused");
        }
    }

    private TokenResult judge(Claims claims) {
        Date expires = claims.getExpiration();
        if (expires == null) {
            return new TokenResult.Refused(TokenRefusal.MALFORMED, "the token never expires");
        }
        Set<String> audience = claims.getAudience();
        if (!rules.audiences().isEmpty()
                && (audience == null || Collections.disjoint(audience, rules.audiences()))) {
            return new TokenResult.Refused(
                    TokenRefusal.AUDIENCE,
                    "the token is meant for " + audience + ", not for " + rules.audiences());
        }
        String issuer = Objects.requireNonNullElse(claims.getIssuer(), "");
        if (!rules.issuers().isEmpty() && !rules.issuers().contains(issuer)) {
            return new TokenResult.Refused(
                    TokenRefusal.ISSUER, "issuer '" + issuer + "' is not among those configured");
        }
        for (Map.Entry<ClaimPath, List<String>> each : rules.required().entrySet()) {
            if (!each.getKey().hasOneOf(claims, each.getValue())) {
                return new TokenResult.Refused(
                        TokenRefusal.CLAIM,
                        "claim '" + each.getKey() + "' is none of " + each.getValue());
            }
        }
        return judged(claims, issuer, expires.getTime() + rules.leeway().toMillis());
    }

    private TokenResult judged(Claims claims, String issuer, long untilMillis) {
        String subject = rules.subject().find(claims) instanceof String text ? text : "";
        if (subject.isEmpty() || subject.length() > rules.longestSubject()) {
            return new TokenResult.Refused(
                    TokenRefusal.MALFORMED, "the token has no subject, or one that is too long");
        }
        Caller caller =
                new Caller(
                        subject,
                        issuer,
                        Objects.requireNonNullElse(claims.getId(), ""),
                        Collections.unmodifiableMap(new LinkedHashMap<>(claims)));
        return new TokenResult.Verified(caller, spiffeId(subject), untilMillis);
    }

    private static @Nullable SpiffeId spiffeId(String subject) {
        try {
            return SpiffeId.parse(subject);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String required(Map<String, @Nullable Object> header, String name) {
        String value = optional(header, name);
        if (value == null) {
            throw new IllegalArgumentException("the header has no '" + name + "'");
        }
        return value;
    }

    private static @Nullable String optional(Map<String, @Nullable Object> header, String name) {
        if (!header.containsKey(name)) {
            return null;
        }
        if (!(header.get(name) instanceof String text)) {
            throw new IllegalArgumentException("'" + name + "' in the header is no text");
        }
        return text;
    }

    private static String text(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }
}
