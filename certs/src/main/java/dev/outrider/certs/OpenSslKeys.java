package dev.outrider.certs;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The forms of private keys that OpenSSL wrote before PKCS #8. Loaded when one is met. */
final class OpenSslKeys {
    private OpenSslKeys() {}

    /** The key of a block of type {@code EC PRIVATE KEY} (RFC 5915) as PKCS #8. */
    static byte[] ec(byte[] der) {
        try {
            ECPrivateKey key = ECPrivateKey.getInstance(der);
            return encoded(
                    new AlgorithmIdentifier(
                            X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
                    key);
        } catch (IOException | RuntimeException e) {
            throw broken(e);
        }
    }

    /** The key of a block of type {@code RSA PRIVATE KEY} (RFC 8017) as PKCS #8. */
    static byte[] rsa(byte[] der) {
        try {
            return encoded(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    RSAPrivateKey.getInstance(der));
        } catch (IOException | RuntimeException e) {
            throw broken(e);
        }
    }

    private static byte[] encoded(AlgorithmIdentifier algorithm, ASN1Encodable key)
            throws IOException {
        return new PrivateKeyInfo(algorithm, key).getEncoded();
    }

    private static IllegalArgumentException broken(Exception e) {
        return new IllegalArgumentException("is not valid PEM: " + e.getMessage(), e);
    }
}
