package dev.outrider.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A certificate in words for people. */
public final class CertificateText {
    private CertificateText() {}

    public static String show(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        return """
        %s
          names       %s
          serial      %s
          valid       %s to %s
          our clock   %s, %s
          key         %s
          issuer      %s
        """
                .formatted(
                        title(certificate),
                        String.join(", ", names(certificate)),
                        certificate.getSerialNumber().toString(16),
                        from,
                        until,
                        now,
                        state(from, until, now),
                        key(certificate),
                        certificate.getIssuerX500Principal());
    }

    private static String title(X509Certificate certificate) {
        try {
            return SvidNames.workload(certificate).toString();
        } catch (SvidException e) {
            String name = certificate.getSubjectX500Principal().toString();
            return (certificate.getBasicConstraints() >= 0 ? "authority " : "") + name;
        }
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            List<String> names = SvidNames.shown(certificate);
            return names.isEmpty() ? List.of("none") : names;
        } catch (CertificateParsingException e) {
            return List.of("broken");
        }
    }

    private static String state(Instant from, Instant until, Instant now) {
        if (now.isBefore(from)) {
            return "NOT YET VALID: starts in " + LifeTime.show(Duration.between(now, from));
        }
        if (now.isAfter(until)) {
            return "EXPIRED " + LifeTime.show(Duration.between(until, now)) + " ago";
        }
        return LifeTime.show(Duration.between(now, until)) + " left";
    }

    private static String key(X509Certificate certificate) {
        try {
            return KeyAlgorithm.of(certificate.getPublicKey()).name();
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
