package dev.outrider.certs;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.List;

/**
 * Writes the signing request (PKCS #10, RFC 2986) that a workload sends to its authority, which
 * reads it as a {@link CertificateRequest}. Written in DER by hand, for the reason {@link
 * PemBlocks} gives.
 */
public final class SigningRequest {
    /** [6] of a GeneralName. */
    private static final int URI = 0x86;

    private static final byte[] VERSION = Der.hex("020100");
    private static final byte[] NO_SUBJECT = Der.hex("3000");
    private static final byte[] EXTENSION_REQUEST = Der.hex("06092a864886f70d01090e");
    private static final byte[] ALTERNATIVE_NAME = Der.hex("0603551d11");
    private static final byte[] CRITICAL = Der.hex("0101ff");
    private static final byte[] NO_UNUSED_BITS = {0};

    private SigningRequest() {}

    /** The PEM text of a request for {@code id}, signed by {@code pair}. */
    public static String create(KeyPair pair, SpiffeId id) {
        return create(pair, List.of(id.toString()));
    }

    /** Package-private with the names free, so that tests can ask for what is not allowed. */
    static String create(KeyPair pair, List<String> uris) {
        byte[] info =
                Der.element(
                        Der.SEQUENCE,
                        VERSION,
                        NO_SUBJECT,
                        pair.getPublic().getEncoded(),
                        Der.element(Der.FIRST, names(uris)));
        String algorithm = KeyAlgorithm.of(pair.getPublic()).signature();
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.getPrivate());
            signature.update(info);
            byte[] bits = Der.element(Der.BIT_STRING, NO_UNUSED_BITS, signature.sign());
            return Pem.encode(
                    "CERTIFICATE REQUEST",
                    Der.element(Der.SEQUENCE, info, identifier(algorithm), bits));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a signing request cannot be built", e);
        }
    }

    /** The attribute that asks for the extension with the names. */
    private static byte[] names(List<String> uris) {
        byte[][] names =
                uris.stream()
                        .map(uri -> Der.element(URI, uri.getBytes(StandardCharsets.US_ASCII)))
                        .toArray(byte[][]::new);
        byte[] extension =
                Der.element(
                        Der.SEQUENCE,
                        ALTERNATIVE_NAME,
                        CRITICAL,
                        Der.element(Der.OCTET_STRING, Der.element(Der.SEQUENCE, names)));
        return Der.element(
                Der.SEQUENCE,
                EXTENSION_REQUEST,
                Der.element(Der.SET, Der.element(Der.SEQUENCE, extension)));
    }

    /** The AlgorithmIdentifier (RFC 5758, RFC 4055) of what {@link KeyAlgorithm} signs with. */
    private static byte[] identifier(String signature) {
        return switch (signature) {
            case "SHA256withECDSA" -> Der.hex("300a06082a8648ce3d040302");
            case "SHA384withECDSA" -> Der.hex("300a06082a8648ce3d040303");
            case "SHA256withRSA" -> Der.hex("300d06092a864886f70d01010b0500");
            default -> throw new IllegalStateException("no identifier of " + signature);
        };
    }
}
