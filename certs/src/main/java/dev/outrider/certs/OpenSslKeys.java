package dev.outrider.certs;

import java.nio.ByteBuffer;

/** The forms of private keys that OpenSSL wrote before PKCS #8, and writes still. */
final class OpenSslKeys {
    private static final byte[] VERSION = Der.hex("020100");
    private static final byte[] EC = Der.hex("06072a8648ce3d0201");
    private static final byte[] RSA = Der.hex("300d06092a864886f70d0101010500");

    private OpenSslKeys() {}

    /** The key of a block of type {@code EC PRIVATE KEY} (RFC 5915) as PKCS #8. */
    static byte[] ec(byte[] der) {
        ByteBuffer key = Der.content(ByteBuffer.wrap(der), Der.SEQUENCE);
        Der.content(key, Der.INTEGER);
        Der.content(key, Der.OCTET_STRING);
        ByteBuffer named = Der.content(key, Der.FIRST);
        byte[] curve = new byte[named.remaining()];
        named.get(curve);
        return pkcs8(Der.element(Der.SEQUENCE, EC, curve), der);
    }

    /** The key of a block of type {@code RSA PRIVATE KEY} (RFC 8017) as PKCS #8. */
    static byte[] rsa(byte[] der) {
        return pkcs8(RSA, der);
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.element(Der.SEQUENCE, VERSION, algorithm, Der.element(Der.OCTET_STRING, key));
    }
}
