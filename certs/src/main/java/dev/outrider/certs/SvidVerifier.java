package dev.outrider.certs;

import dev.outrider.certs.SvidException.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the X.509-SVID specification (sections 2 to 5) on top of PKIX (RFC 5280), without
 * revocation: certificates are short-lived instead. Pure and free of I/O: one signature check per
 * certificate of the chain, so a TLS trust manager may call it on its event loop.
 */
public final class SvidVerifier {
    private static final int LONGEST_CHAIN = 6;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;

    private SvidVerifier() {}

    /**
     * The identity that {@code chain} (the workload's certificate first) proves at {@code now} to
     * whoever trusts {@code bundle}.
     */
    public static SpiffeId verify(List<X509Certificate> chain, TrustBundle bundle, Instant now)
            throws SvidException {
        if (chain.isEmpty()) {
            throw new SvidException(Reason.EMPTY_CHAIN, "no certificate was presented");
        }
        if (chain.size() > LONGEST_CHAIN) {
            throw new SvidException(
                    Reason.CHAIN_TOO_LONG,
                    "a chain of " + chain.size() + " certificates; at most " + LONGEST_CHAIN);
        }
        X509Certificate leaf = chain.getFirst();
        SpiffeId id = SvidNames.workload(leaf);
        if (!id.trustDomain().equals(bundle.trustDomain())) {
            throw new SvidException(
                    Reason.FOREIGN_TRUST_DOMAIN,
                    id + " is not of the trust domain '" + bundle.trustDomain() + "'");
        }
        requireLeafUsage(leaf, id);
        requireTime(leaf, id.toString(), now);
        validatePath(chain, bundle, id, now);
        return id;
    }

    private static void requireLeafUsage(X509Certificate leaf, SpiffeId id) throws SvidException {
        if (leaf.getBasicConstraints() != -1) {
            throw new SvidException(
                    Reason.NOT_A_LEAF, "the certificate of " + id + " is an authority's (CA=true)");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE]) {
            throw new SvidException(
                    Reason.WRONG_USAGE, "the certificate of " + id + " lacks digitalSignature");
        }
        if (usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
            throw new SvidException(
                    Reason.WRONG_USAGE,
                    "the certificate of "
                            + id
                            + " may sign certificates or CRLs: not a workload's");
        }
        List<String> extended = extendedUsage(leaf, id);
        if (extended != null
                && !extended.contains(ANY_USAGE)
                && !(extended.contains(SERVER_AUTH) && extended.contains(CLIENT_AUTH))) {
            throw new SvidException(
                    Reason.WRONG_USAGE,
                    "the certificate of " + id + " must be for serverAuth and clientAuth");
        }
    }

    private static @Nullable List<String> extendedUsage(X509Certificate leaf, SpiffeId id)
            throws SvidException {
        try {
            return leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new SvidException(
                    Reason.WRONG_USAGE, "the certificate of " + id + " has a broken key usage", e);
        }
    }

    private static void requireTime(X509Certificate certificate, String whose, Instant now)
            throws SvidException {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isBefore(from)) {
            throw new SvidException(
                    Reason.NOT_YET_VALID,
                    "the certificate of %s is valid from %s, our clock says %s: %s too early"
                            .formatted(whose, from, seconds(now), gap(now, from)));
        }
        if (now.isAfter(until)) {
            throw new SvidException(
                    Reason.EXPIRED,
                    "the certificate of %s was valid until %s, our clock says %s: %s too late"
                            .formatted(whose, until, seconds(now), gap(until, now)));
        }
    }

    private static void validatePath(
            List<X509Certificate> chain, TrustBundle bundle, SpiffeId id, Instant now)
            throws SvidException {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate root : bundle.roots()) {
            if (holds(root, now)) {
                anchors.add(new TrustAnchor(root, null));
            }
        }
        if (anchors.isEmpty()) {
            X509Certificate root = bundle.roots().getFirst();
            requireTime(root, "the root " + root.getSubjectX500Principal(), now);
        }
        List<X509Certificate> path = new ArrayList<>(chain);
        path.removeAll(bundle.roots());
        try {
            CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
        } catch (CertPathValidatorException e) {
            throw explain(e, path, id, now);
        } catch (GeneralSecurityException e) {
            throw new SvidException(
                    Reason.UNTRUSTED,
                    "the chain of " + id + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static SvidException explain(
            CertPathValidatorException e, List<X509Certificate> path, SpiffeId id, Instant now) {
        int index = e.getIndex();
        boolean time =
                e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID;
        if (time && index >= 0 && index < path.size()) {
            X509Certificate culprit = path.get(index);
            try {
                requireTime(culprit, culprit.getSubjectX500Principal() + ", issuer for " + id, now);
            } catch (SvidException clocks) {
                return clocks;
            }
        }
        return new SvidException(
                Reason.UNTRUSTED,
                "the chain of " + id + " does not lead to a trusted root: " + e.getMessage(),
                e);
    }

    private static boolean holds(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static String gap(Instant from, Instant to) {
        return LifeTime.show(
                Duration.between(from, to).plusMillis(999).truncatedTo(ChronoUnit.SECONDS));
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
