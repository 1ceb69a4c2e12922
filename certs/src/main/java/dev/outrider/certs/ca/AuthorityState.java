package dev.outrider.certs.ca;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.TrustBundle;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that an authority keeps, as an immutable value: {@link Upkeep} makes the next one, an {@link
 * AuthorityStore} keeps it. What is in force follows from the value and the clock.
 *
 * @param issuer signs, and is the old one while {@code rotation} is under way
 * @param generation how many roots came before
 * @param longestSvid of all certificates given out below the root of {@code issuer}
 * @param rotationRequested somebody asked for another root, and none is on its way yet
 */
public record AuthorityState(
        Issuer issuer,
        Optional<RootRotation> rotation,
        long generation,
        Duration longestSvid,
        JwtKeys jwtKeys,
        boolean rotationRequested) {

    /** Of a new authority that has signed nothing yet. */
    public static AuthorityState fresh(Issuer issuer) {
        return new AuthorityState(issuer, Optional.empty(), 0, Duration.ZERO, JwtKeys.NONE, false);
    }

    public String trustDomain() {
        return issuer.roots().trustDomain();
    }

    /** Who signs at {@code now}. */
    public Issuer signing(Instant now) {
        return rotation.filter(under -> under.phase(now) != RootRotation.Phase.ANNOUNCED)
                .map(RootRotation::next)
                .orElse(issuer);
    }

    /** Whom everybody should trust at {@code now}; the one that signs comes first. */
    public TrustBundle bundle(Instant now) {
        RootRotation under = rotation.orElse(null);
        if (under == null) {
            return issuer.roots();
        }
        return switch (under.phase(now)) {
            case ANNOUNCED -> both(issuer, under.next());
            case SIGNING -> both(under.next(), issuer);
            case FINISHED -> under.next().roots();
        };
    }

    public CertificateAuthority authority(Instant now, SecureRandom random) {
        Issuer signs = signing(now);
        return new CertificateAuthority(bundle(now), signs.chain(), signs.key(), random);
    }

    /** Grows with every change of the bundle's roots or token keys (SPIFFE's sequence). */
    public long sequence(Instant now) {
        long changes =
                rotation.map(under -> under.phase(now) == RootRotation.Phase.FINISHED ? 2L : 1L)
                        .orElse(0L);
        return jwtKeys.sequence() + 2 * generation + changes;
    }

    /**
     * @throws IllegalArgumentException that says why another root cannot be asked for
     */
    public void requireRotatable() {
        rotation.ifPresent(under -> {
            throw new IllegalArgumentException(
                    "a replacement of the root is under way already: " + under);
        });
    }

    AuthorityState with(Issuer next) {
        return new AuthorityState(
                next, rotation, generation, longestSvid, jwtKeys, rotationRequested);
    }

    AuthorityState with(RootRotation next) {
        return new AuthorityState(
                issuer, Optional.of(next), generation, longestSvid, jwtKeys, false);
    }

    AuthorityState with(Duration longest) {
        return new AuthorityState(
                issuer, rotation, generation, longest, jwtKeys, rotationRequested);
    }

    public AuthorityState with(JwtKeys next) {
        return new AuthorityState(
                issuer, rotation, generation, longestSvid, next, rotationRequested);
    }

    /** Whether somebody waits for another root. */
    public AuthorityState requested(boolean asked) {
        return new AuthorityState(issuer, rotation, generation, longestSvid, jwtKeys, asked);
    }

    private TrustBundle both(Issuer first, Issuer second) {
        Set<X509Certificate> roots = new LinkedHashSet<>(first.roots().roots());
        roots.addAll(second.roots().roots());
        return new TrustBundle(trustDomain(), List.copyOf(roots));
    }
}
