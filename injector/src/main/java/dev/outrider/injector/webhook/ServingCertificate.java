package dev.outrider.injector.webhook;

import dev.outrider.certs.Pem;
import dev.outrider.certs.X509Svid;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the webhook shows, its own certificate first, and the key that proves it. Immutable. */
public record ServingCertificate(PrivateKey key, List<X509Certificate> chain) {
    private static final int DNS_NAME = 2;

    public ServingCertificate {
        chain = List.copyOf(chain);
        if (!X509Svid.belong(key, chain.getFirst().getPublicKey())) {
            throw new IllegalArgumentException(
                    "the private key does not belong to the certificate");
        }
    }

    /** Both as PEM; the exception's message goes on with {@code holds …}. */
    static ServingCertificate parse(String chain, String key) {
        return new ServingCertificate(Pem.privateKey(key), Pem.certificates(chain));
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    /** When the first certificate of the chain ends. */
    public Instant notAfter() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** What is left of its life: 1 when new, 0 and less when over. */
    double left(Instant now) {
        double life = Duration.between(notBefore(), notAfter()).toMillis();
        return Duration.between(now, notAfter()).toMillis() / Math.max(1, life);
    }

    /** Whether a client that trusts {@code roots} and nothing else takes it at {@code now}. */
    boolean leadsTo(Collection<X509Certificate> roots, Instant now) {
        if (roots.isEmpty() || !now.isBefore(notAfter())) {
            return false;
        }
        if (roots.contains(leaf())) {
            return true; // self-signed, and handed out as its own root
        }
        try {
            Set<TrustAnchor> anchors = new HashSet<>();
            roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            // A root may be sent along; the path ends before it.
            List<X509Certificate> path = new ArrayList<>(chain);
            path.removeIf(roots::contains);
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509").generateCertPath(path),
                            parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Whether a client that connects to {@code name} takes it (RFC 6125, one label of wildcard).
     */
    boolean serves(String name) {
        try {
            Collection<List<?>> names = leaf().getSubjectAlternativeNames();
            if (names == null) {
                return false;
            }
            String wildcard = "*" + name.substring(Math.max(0, name.indexOf('.')));
            return names.stream()
                    .filter(each -> each.get(0).equals(DNS_NAME))
                    .map(each -> String.valueOf(each.get(1)).toLowerCase(Locale.ROOT))
                    .anyMatch(each -> each.equals(name) || each.equals(wildcard));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** For logs. */
    String shown() {
        return "serial "
                + leaf().getSerialNumber().toString(16)
                + ", "
                + notBefore()
                + " to "
                + notAfter();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ServingCertificate[" + shown() + "]";
    }
}
