package dev.outrider.certs;

import dev.outrider.certs.JwtKeys.JwtKey;
import io.jsonwebtoken.Jwts;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;

/**
 * Signs JWT-SVIDs (JWT-SVID specification, section 3). Safe for any thread; each token is signed by
 * the key that serves at that moment.
 */
public final class JwtSvids {
    public static final Duration SHORTEST_TTL = Duration.ofMinutes(5);
    public static final Duration LONGEST_TTL = Duration.ofMinutes(15);
    private static final int JTI_BYTES = 16;

    private final Supplier<JwtKeys> keys;
    private final InstantSource clock;
    private final SecureRandom random;

    public JwtSvids(Supplier<JwtKeys> keys, InstantSource clock, SecureRandom random) {
        this.keys = keys;
        this.clock = clock;
        this.random = random;
    }

    /** A signed token with what the audit log needs to know about it. */
    public record Issued(String token, String jti, Instant expires) {
        @Override
        public String toString() {
            return "Issued[jti=" + jti + ", expires=" + expires + "]";
        }
    }

    /** A token that says to each of {@code audience} that its bearer is {@code subject}. */
    public Issued issue(SpiffeId subject, List<String> audience, Duration ttl) {
        if (audience.isEmpty() || audience.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("a token needs an audience: who is to accept it");
        }
        if (ttl.compareTo(SHORTEST_TTL) < 0 || ttl.compareTo(LONGEST_TTL) > 0) {
            throw new IllegalArgumentException(
                    "a token lives 5 to 15 minutes, not " + LifeTime.show(ttl));
        }
        // In this order: asking for the keys may make one that signs from that moment on.
        JwtKeys current = keys.get();
        Instant now = clock.instant();
        JwtKey key = current.signer(now);
        Date expires = Date.from(now.plus(ttl));
        String jti = jti();
        String token =
                Jwts.builder()
                        .header()
                        .keyId(key.kid())
                        .type("JWT")
                        .and()
                        .subject(subject.toString())
                        .audience()
                        .add(audience)
                        .and()
                        .id(jti)
                        .issuedAt(Date.from(now))
                        .expiration(expires)
                        .signWith(key.pair().getPrivate(), key.algorithm().signature())
                        .compact();
        return new Issued(token, jti, Instant.ofEpochSecond(expires.toInstant().getEpochSecond()));
    }

    private String jti() {
        byte[] bytes = new byte[JTI_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
