package dev.outrider.certs;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** RFC 7468 text. Parsing throws {@link IllegalArgumentException} with a sentence that says why. */
public final class Pem {
    /** Far above any real chain or bundle; keeps a wrong path from filling the memory. */
    private static final int LARGEST = 1 << 20;

    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /** All certificates of {@code pem} in their order; at least one. Other blocks are skipped. */
    public static List<X509Certificate> certificates(String pem) {
        List<X509Certificate> found = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        for (Object block : blocks(pem)) {
            if (block instanceof X509CertificateHolder holder) {
                try {
                    found.add(converter.getCertificate(holder));
                } catch (CertificateException e) {
                    throw new IllegalArgumentException("holds a certificate Java cannot read", e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("holds no BEGIN CERTIFICATE block");
        }
        return List.copyOf(found);
    }

    /** The one private key of {@code pem}: PKCS #8, or OpenSSL's EC and RSA forms. */
    public static PrivateKey privateKey(String pem) {
        PrivateKeyInfo found = null;
        for (Object block : blocks(pem)) {
            if (block instanceof PKCS8EncryptedPrivateKeyInfo) {
                throw new IllegalArgumentException(
                        "holds an encrypted key; decrypt it with: openssl pkcs8 -in key -out plain");
            }
            PrivateKeyInfo info =
                    block instanceof PrivateKeyInfo plain
                            ? plain
                            : block instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : null;
            if (info != null && found != null) {
                throw new IllegalArgumentException("holds more than one private key");
            }
            found = info != null ? info : found;
        }
        if (found == null) {
            throw new IllegalArgumentException("holds no BEGIN PRIVATE KEY block");
        }
        return privateKey(found);
    }

    /** The text of a chain or a bundle. */
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(encode("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("a certificate without an encoding", e);
            }
        }
        return text.toString();
    }

    /** The PKCS #8 text of a key: a secret. */
    public static String encode(PrivateKey key) {
        return encode("PRIVATE KEY", key.getEncoded());
    }

    static String encode(String type, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(type, LINES.encodeToString(der), type)
                .replace("\r", "");
    }

    /** Reads a PEM file; the message of any failure names the file. */
    static String read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than " + LARGEST + " bytes: not a PEM file");
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }

    static List<Object> blocks(String pem) {
        List<Object> blocks = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                blocks.add(block);
            }
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle throws both kinds for broken base64 and broken DER.
            throw new IllegalArgumentException("is not valid PEM: " + e.getMessage(), e);
        }
        return blocks;
    }

    private static PrivateKey privateKey(PrivateKeyInfo info) {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        String family =
                algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                        ? "EC"
                        : algorithm.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : "";
        if (family.isEmpty()) {
            throw new IllegalArgumentException("holds a key that is neither EC nor RSA");
        }
        try {
            return KeyFactory.getInstance(family)
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("holds a private key Java cannot read", e);
        }
    }
}
