package dev.outrider.certs;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The three forms of certificate the mesh knows: root, intermediate, workload (X.509-SVID
 * specification, appendix A; RFC 5280, section 4.2).
 */
final class CertificateForms {
    private static final int SERIAL_BYTES = 16;
    private static final X500Name NOBODY = new X500Name(new RDN[0]);

    private CertificateForms() {}

    /** What a certificate says about whom and for how long. */
    record Validity(Instant from, Instant until) {
        Validity {
            if (!until.isAfter(from)) {
                throw new IllegalArgumentException(
                        "a certificate from " + from + " until " + until + " would never be valid");
            }
        }
    }

    static X509Certificate root(
            String trustDomain, KeyPair pair, Validity validity, SecureRandom random) {
        BigInteger serial = serial(random);
        X500Name name = authorityName(trustDomain, "root", serial);
        try {
            X509v3CertificateBuilder builder =
                    builder(name, serial, validity, name, pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
            addAuthority(builder, trustDomain);
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            addKeyIds(
                    builder, pair.getPublic(), ids.createAuthorityKeyIdentifier(pair.getPublic()));
            return sign(builder, pair.getPrivate(), pair.getPublic());
        } catch (CertIOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("a root certificate cannot be built", e);
        }
    }

    static X509Certificate intermediate(
            String trustDomain,
            PublicKey key,
            X509Certificate root,
            PrivateKey rootKey,
            Validity validity,
            SecureRandom random) {
        BigInteger serial = serial(random);
        X500Name name = authorityName(trustDomain, "intermediate", serial);
        try {
            X509v3CertificateBuilder builder = builder(subject(root), serial, validity, name, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            addAuthority(builder, trustDomain);
            addKeyIds(builder, key, issuerKeyId(root));
            return sign(builder, rootKey, root.getPublicKey());
        } catch (CertIOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("an intermediate certificate cannot be built", e);
        }
    }

    /**
     * A workload's certificate. Its subject is empty, so the alternative names are critical (RFC
     * 5280, section 4.2.1.6). {@code hosts} are DNS names or IP addresses; only the CA's own, and
     * those on the operator's list, have any.
     */
    static X509Certificate workload(
            SpiffeId id,
            List<String> hosts,
            PublicKey key,
            X509Certificate issuer,
            PrivateKey issuerKey,
            Validity validity,
            SecureRandom random) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, id.toString()));
        for (String host : hosts) {
            boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
            names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        try {
            X509v3CertificateBuilder builder =
                    builder(subject(issuer), serial(random), validity, NOBODY, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                            new KeyPurposeId[] {
                                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                            }));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(names.toArray(GeneralName[]::new)));
            addKeyIds(builder, key, issuerKeyId(issuer));
            return sign(builder, issuerKey, issuer.getPublicKey());
        } catch (CertIOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("a workload's certificate cannot be built", e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer,
            BigInteger serial,
            Validity validity,
            X500Name subject,
            PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                serial,
                Date.from(validity.from()),
                Date.from(validity.until()),
                subject,
                key);
    }

    private static void addAuthority(X509v3CertificateBuilder builder, String trustDomain)
            throws CertIOException {
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        GeneralName domain =
                new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(domain));
    }

    private static void addKeyIds(
            X509v3CertificateBuilder builder, PublicKey subject, AuthorityKeyIdentifier issuer)
            throws CertIOException, NoSuchAlgorithmException {
        JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(subject));
        builder.addExtension(Extension.authorityKeyIdentifier, false, issuer);
    }

    /**
     * The issuer's own key id, whoever made it: others hash the key in other ways, and OpenSSL
     * finds no issuer when the two differ.
     */
    private static AuthorityKeyIdentifier issuerKeyId(X509Certificate issuer)
            throws NoSuchAlgorithmException {
        byte[] named = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        return named == null
                ? new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey())
                : new AuthorityKeyIdentifier(
                        SubjectKeyIdentifier.getInstance(
                                        ASN1OctetString.getInstance(named).getOctets())
                                .getKeyIdentifier());
    }

    private static X509Certificate sign(
            X509v3CertificateBuilder builder, PrivateKey key, PublicKey signer) {
        try {
            String signature = KeyAlgorithm.of(signer).signature();
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(signature).build(key)));
        } catch (OperatorCreationException | CertificateException e) {
            throw new IllegalStateException("the certificate cannot be signed", e);
        }
    }

    /** Parts of the serial make the name unique, so that two generations are never confused. */
    private static X500Name authorityName(String trustDomain, String kind, BigInteger serial) {
        String shownDomain = trustDomain.length() > 64 ? trustDomain.substring(0, 64) : trustDomain;
        String generation = serial.toString(16).substring(0, 8);
        return new X500Name("O=" + shownDomain + ",CN=Outrider " + kind + " " + generation);
    }

    private static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static BigInteger serial(SecureRandom random) {
        byte[] bytes = new byte[SERIAL_BYTES];
        random.nextBytes(bytes);
        // Positive, and never with leading zeros, whatever the draw (RFC 5280, section 4.1.2.2).
        bytes[0] = (byte) (bytes[0] & 0x3f | 0x40);
        return new BigInteger(1, bytes);
    }
}
