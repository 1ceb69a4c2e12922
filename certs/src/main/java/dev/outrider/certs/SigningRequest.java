package dev.outrider.certs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes the signing request (PKCS #10, RFC 2986) that a workload sends to its authority, which
 * reads it as a {@link CertificateRequest}. Written in DER by hand, for the reason {@link
 * PemBlocks} gives.
 */
public final class SigningRequest {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;

    /** [0] of the request: its attributes. */
    private static final int ATTRIBUTES = 0xa0;

    /** [6] of a GeneralName. */
    private static final int URI = 0x86;

    private static final byte[] VERSION = hex("020100");
    private static final byte[] NO_SUBJECT = hex("3000");
    private static final byte[] EXTENSION_REQUEST = hex("06092a864886f70d01090e");
    private static final byte[] ALTERNATIVE_NAME = hex("0603551d11");
    private static final byte[] CRITICAL = hex("0101ff");
    private static final byte[] NO_UNUSED_BITS = {0};

    private SigningRequest() {}

    /** The PEM text of a request for {@code id}, signed by {@code pair}. */
    public static String create(KeyPair pair, SpiffeId id) {
        return create(pair, List.of(id.toString()));
    }

    /** Package-private with the names free, so that tests can ask for what is not allowed. */
    static String create(KeyPair pair, List<String> uris) {
        byte[] info =
                element(
                        SEQUENCE,
                        VERSION,
                        NO_SUBJECT,
                        pair.getPublic().getEncoded(),
                        element(ATTRIBUTES, names(uris)));
        String algorithm = KeyAlgorithm.of(pair.getPublic()).signature();
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.getPrivate());
            signature.update(info);
            byte[] bits = element(BIT_STRING, NO_UNUSED_BITS, signature.sign());
            return Pem.encode(
                    "CERTIFICATE REQUEST", element(SEQUENCE, info, identifier(algorithm), bits));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a signing request cannot be built", e);
        }
    }

    /** The attribute that asks for the extension with the names. */
    private static byte[] names(List<String> uris) {
        byte[][] names =
                uris.stream()
                        .map(uri -> element(URI, uri.getBytes(StandardCharsets.US_ASCII)))
                        .toArray(byte[][]::new);
        byte[] extension =
                element(
                        SEQUENCE,
                        ALTERNATIVE_NAME,
                        CRITICAL,
                        element(OCTET_STRING, element(SEQUENCE, names)));
        return element(SEQUENCE, EXTENSION_REQUEST, element(SET, element(SEQUENCE, extension)));
    }

    /** The AlgorithmIdentifier (RFC 5758, RFC 4055) of what {@link KeyAlgorithm} signs with. */
    private static byte[] identifier(String signature) {
        return switch (signature) {
            case "SHA256withECDSA" -> hex("300a06082a8648ce3d040302");
            case "SHA384withECDSA" -> hex("300a06082a8648ce3d040303");
            case "SHA256withRSA" -> hex("300d06092a864886f70d01010b0500");
            default -> throw new IllegalStateException("no identifier of " + signature);
        };
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream der = new ByteArrayOutputStream(length + 5);
        der.write(tag);
        if (length >= 0x80) {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            der.write(0x80 | octets);
            for (int shift = 8 * (octets - 1); shift > 0; shift -= 8) {
                der.write(length >> shift);
            }
        }
        der.write(length);
        for (byte[] part : parts) {
            der.writeBytes(part);
        }
        return der.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
