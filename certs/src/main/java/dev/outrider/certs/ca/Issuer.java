package dev.outrider.certs.ca;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A root and what signs below it. Immutable; the constructor checks that the parts belong together,
 * and says which does not.
 *
 * @param roots the first is the one the chain leads to
 * @param rootKey absent where it is kept elsewhere, or where somebody else hands intermediates over
 * @param chain the certificate that signs, then those between it and the root
 * @param key of the first of {@code chain}
 */
public record Issuer(
        TrustBundle roots,
        Optional<PrivateKey> rootKey,
        List<X509Certificate> chain,
        PrivateKey key) {

    public Issuer {
        chain = List.copyOf(chain);
        if (!X509Svid.belong(key, chain.getFirst().getPublicKey())) {
            throw new IllegalArgumentException(
                    "the intermediate's key does not belong to its certificate");
        }
        for (int at = 0; at < chain.size(); at++) {
            X509Certificate one = chain.get(at);
            if (one.getBasicConstraints() < 0) {
                throw new IllegalArgumentException(
                        "'" + one.getSubjectX500Principal() + "' may not sign (CA=false)");
            }
            X509Certificate above =
                    at + 1 < chain.size() ? chain.get(at + 1) : roots.roots().getFirst();
            requireSigned(one, above);
        }
        PrivateKey signs = rootKey.orElse(null);
        if (signs != null && !X509Svid.belong(signs, roots.roots().getFirst().getPublicKey())) {
            throw new IllegalArgumentException("the root's key does not belong to the first root");
        }
    }

    /** A new root of our own, and a first intermediate below it. */
    public static Issuer create(
            String trustDomain, KeyAlgorithm algorithm, Instant now, SecureRandom random) {
        CertificateAuthority.Root root =
                CertificateAuthority.Root.create(trustDomain, algorithm, now, random);
        CertificateAuthority below = root.intermediate(algorithm, now, random);
        return new Issuer(
                below.bundle(), Optional.of(root.key()), below.issuers(), below.issuerKey());
    }

    public X509Certificate root() {
        return roots.roots().getFirst();
    }

    public X509Certificate intermediate() {
        return chain.getFirst();
    }

    /** Another intermediate below the same root; empty without the root's key. */
    Optional<Issuer> renewed(Instant now, SecureRandom random) {
        return rootKey.map(signs -> {
            CertificateAuthority below =
                    new CertificateAuthority.Root(roots.trustDomain(), root(), signs)
                            .intermediate(algorithm(), now, random);
            return new Issuer(roots, rootKey, below.issuers(), below.issuerKey());
        });
    }

    /** Another root of the same kind. */
    Issuer successor(Instant now, SecureRandom random) {
        return create(roots.trustDomain(), algorithm(), now, random);
    }

    /** How much of its life {@code certificate} still has, 1 to 0 and below. */
    static double leftOf(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        return (double) Duration.between(now, until).toSeconds()
                / Math.max(1, Duration.between(from, until).toSeconds());
    }

    /** No secrets. */
    @Override
    public String toString() {
        return "Issuer["
                + intermediate().getSubjectX500Principal()
                + " below "
                + root().getSubjectX500Principal()
                + "]";
    }

    private KeyAlgorithm algorithm() {
        return KeyAlgorithm.of(root().getPublicKey());
    }

    private static void requireSigned(X509Certificate one, X509Certificate above) {
        if (one.equals(above)) {
            return;
        }
        try {
            one.verify(above.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "'%s' is not signed by '%s'"
                            .formatted(
                                    one.getSubjectX500Principal(), above.getSubjectX500Principal()),
                    e);
        }
    }
}
