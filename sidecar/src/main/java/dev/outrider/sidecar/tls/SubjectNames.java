package dev.outrider.sidecar.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The alternative names of a certificate (RFC 5280, section 4.2.1.6). */
final class SubjectNames {
    private static final int DNS_NAME = 2;
    private static final int URI = 6;

    /** Of a client's certificate; somebody may have put thousands into his. */
    private static final int MOST = 32;

    private SubjectNames() {}

    /**
     * The servers that a certificate of ours is for: its DNS names (RFC 6125; a common name does
     * not count), in lower case.
     */
    static List<String> of(X509Certificate certificate) {
        try {
            return names(certificate, DNS_NAME, Integer.MAX_VALUE).stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the certificate's names cannot be read", e);
        }
    }

    /** The DNS names of a client's certificate; none if they cannot be read. */
    static List<String> ofClient(X509Certificate certificate) {
        return readable(certificate, DNS_NAME);
    }

    /** The URIs of a client's certificate; none if they cannot be read. */
    static List<String> urisOfClient(X509Certificate certificate) {
        return readable(certificate, URI);
    }

    private static List<String> readable(X509Certificate certificate, int kind) {
        try {
            return names(certificate, kind, MOST);
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static List<String> names(X509Certificate certificate, int kind, int most)
            throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        if (all != null) {
            for (List<?> each : all) {
                if (each.get(0) instanceof Integer its && its == kind && names.size() < most) {
                    names.add(String.valueOf(each.get(1)));
                }
            }
        }
        return names;
    }
}
