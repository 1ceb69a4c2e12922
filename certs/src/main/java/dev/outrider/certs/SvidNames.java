package dev.outrider.certs;

import dev.outrider.certs.SvidException.Reason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;

/** The subject alternative names of a certificate. */
final class SvidNames {
    private SvidNames() {}

    /** The one URI name of a workload's certificate (X.509-SVID, section 2: exactly one). */
    static SpiffeId workload(X509Certificate certificate) throws SvidException {
        List<String> uris;
        try {
            uris = uris(certificate);
        } catch (CertificateParsingException e) {
            throw new SvidException(
                    Reason.MALFORMED_SPIFFE_ID,
                    "the certificate's alternative names are broken",
                    e);
        }
        if (uris.isEmpty()) {
            throw new SvidException(
                    Reason.NO_SPIFFE_ID,
                    "the certificate of '"
                            + certificate.getSubjectX500Principal()
                            + "' names no spiffe:// URI");
        }
        if (uris.size() > 1) {
            throw new SvidException(
                    Reason.MORE_THAN_ONE_URI,
                    "the certificate names " + uris.size() + " URIs where exactly one is allowed");
        }
        try {
            return SpiffeId.parse(uris.getFirst());
        } catch (IllegalArgumentException e) {
            throw new SvidException(
                    Reason.MALFORMED_SPIFFE_ID, "the certificate's URI: " + e.getMessage(), e);
        }
    }

    static List<String> uris(X509Certificate certificate) throws CertificateParsingException {
        List<String> uris = new ArrayList<>();
        for (List<?> name : names(certificate)) {
            if (name.get(0).equals(GeneralName.uniformResourceIdentifier)) {
                uris.add(name.get(1).toString());
            }
        }
        return uris;
    }

    /** Each name as {@code URI:…}, {@code DNS:…} or {@code IP:…}, for people to read. */
    static List<String> shown(X509Certificate certificate) throws CertificateParsingException {
        List<String> shown = new ArrayList<>();
        for (List<?> name : names(certificate)) {
            String kind =
                    switch ((Integer) name.get(0)) {
                        case GeneralName.uniformResourceIdentifier -> "URI:";
                        case GeneralName.dNSName -> "DNS:";
                        case GeneralName.iPAddress -> "IP:";
                        default -> "type " + name.get(0) + ":";
                    };
            shown.add(kind + (name.get(1) instanceof String text ? text : "(binary)"));
        }
        return shown;
    }

    private static Collection<List<?>> names(X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }
}
