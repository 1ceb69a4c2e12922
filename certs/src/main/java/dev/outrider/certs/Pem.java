package dev.outrider.certs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** RFC 7468 text. Parsing throws {@link IllegalArgumentException} with a sentence that says why. */
public final class Pem {
    /** Far above any real chain or bundle; keeps a wrong path from filling the memory. */
    private static final int LARGEST = 1 << 20;

    private static final String NEITHER =
            "holds a private key that is neither EC nor RSA, or that Java cannot read";

    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /** All certificates of {@code pem} in their order; at least one. Other blocks are skipped. */
    public static List<X509Certificate> certificates(String pem) {
        List<X509Certificate> found = new ArrayList<>();
        for (PemBlocks.Block block : PemBlocks.of(pem)) {
            if (block.type().equals("CERTIFICATE") || block.type().equals("X509 CERTIFICATE")) {
                found.add(certificate(block.der()));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("holds no BEGIN CERTIFICATE block");
        }
        return List.copyOf(found);
    }

    /** The one private key of {@code pem}: PKCS #8, or OpenSSL's EC and RSA forms. */
    public static PrivateKey privateKey(String pem) {
        byte[] found = null;
        for (PemBlocks.Block block : PemBlocks.of(pem)) {
            if (!block.type().endsWith("PRIVATE KEY")) {
                continue;
            }
            if (block.encrypted() || block.type().equals("ENCRYPTED PRIVATE KEY")) {
                throw new IllegalArgumentException(
                        "holds an encrypted key; decrypt it with: openssl pkcs8 -in key -out plain");
            }
            if (found != null) {
                throw new IllegalArgumentException("holds more than one private key");
            }
            found = pkcs8(block);
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

    private static X509Certificate certificate(byte[] der) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(der);
        try {
            // Java's reader would take text here as well, and leave what follows a certificate.
            if (der.length > 0
                    && der[0] == Der.SEQUENCE
                    && CertificateFactory.getInstance("X.509").generateCertificate(bytes)
                            instanceof X509Certificate certificate
                    && bytes.available() == 0) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("holds a certificate Java cannot read", e);
        }
        throw new IllegalArgumentException("holds a certificate Java cannot read");
    }

    private static byte[] pkcs8(PemBlocks.Block block) {
        return switch (block.type()) {
            case "PRIVATE KEY" -> block.der();
            case "EC PRIVATE KEY" -> OpenSslKeys.ec(block.der());
            case "RSA PRIVATE KEY" -> OpenSslKeys.rsa(block.der());
            default -> throw new IllegalArgumentException(NEITHER);
        };
    }

    private static PrivateKey privateKey(byte[] pkcs8) {
        PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(pkcs8);
        IllegalArgumentException refused = new IllegalArgumentException(NEITHER);
        for (String family : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(family).generatePrivate(key);
            } catch (GeneralSecurityException e) {
                refused.addSuppressed(e);
            }
        }
        throw refused;
    }
}
