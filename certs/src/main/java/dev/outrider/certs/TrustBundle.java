package dev.outrider.certs;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The roots a trust domain's certificates lead to. While a root is being replaced it holds both, so
 * that either side of a connection may be the first to move.
 */
public record TrustBundle(String trustDomain, List<X509Certificate> roots) {
    private static final String SCHEME = "spiffe://";

    public TrustBundle {
        roots = List.copyOf(roots);
        if (roots.isEmpty()) {
            throw new IllegalArgumentException(
                    "the trust bundle of '"
                            + trustDomain
                            + "' has no root; nobody could be trusted");
        }
        for (X509Certificate root : roots) {
            if (root.getBasicConstraints() < 0) {
                throw new IllegalArgumentException(
                        "'"
                                + root.getSubjectX500Principal()
                                + "' in the trust bundle is no authority (CA=false)");
            }
        }
    }

    public static TrustBundle load(String trustDomain, Path pem) throws IOException {
        try {
            return parsePem(trustDomain, Pem.read(pem));
        } catch (IllegalArgumentException e) {
            throw new IOException(pem + ": " + e.getMessage(), e);
        }
    }

    public static TrustBundle parsePem(String trustDomain, String pem) {
        return new TrustBundle(trustDomain, Pem.certificates(pem));
    }

    /** With the trust domain that the first root itself names. */
    public static TrustBundle parsePem(String pem) {
        List<X509Certificate> roots = Pem.certificates(pem);
        return new TrustBundle(trustDomainOf(roots.getFirst()), roots);
    }

    /** As {@link #load(String, Path)}, with the trust domain that the first root itself names. */
    public static TrustBundle load(Path pem) throws IOException {
        try {
            return parsePem(Pem.read(pem));
        } catch (IllegalArgumentException e) {
            throw new IOException(pem + ": " + e.getMessage(), e);
        }
    }

    public String toPem() {
        return Pem.encode(roots);
    }

    /**
     * The SPIFFE trust bundle document (SPIFFE Trust Domain and Bundle, section 4).
     *
     * @param sequence grows with every change of the roots or keys
     * @param refreshHint how often a reader should come back
     */
    public String toJson(List<JwtVerificationKey> jwtKeys, long sequence, Duration refreshHint) {
        return JwkDocuments.bundle(roots, jwtKeys, sequence, refreshHint);
    }

    /** The trust domain that an authority's certificate names itself, which it need not. */
    public static Optional<String> namedBy(X509Certificate authority) {
        try {
            return SvidNames.uris(authority).stream()
                    .filter(uri -> uri.startsWith(SCHEME) && uri.indexOf('/', SCHEME.length()) < 0)
                    .map(uri -> uri.substring(SCHEME.length()))
                    .findFirst();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the root's alternative names are broken", e);
        }
    }

    private static String trustDomainOf(X509Certificate root) {
        return namedBy(root)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "the root names no trust domain (URI spiffe://…); give it with the"
                                        + " command"));
    }
}
