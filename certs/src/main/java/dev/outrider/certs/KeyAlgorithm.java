package dev.outrider.certs;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** The kinds of key the mesh makes and certifies; anything else is refused. */
public enum KeyAlgorithm {
    EC_P256("EC", 256, "SHA256withECDSA"),
    EC_P384("EC", 384, "SHA384withECDSA"),
    RSA_2048("RSA", 2048, "SHA256withRSA"),
    RSA_3072("RSA", 3072, "SHA256withRSA"),
    RSA_4096("RSA", 4096, "SHA256withRSA");

    private final String family;
    private final int bits;
    private final String signature;

    KeyAlgorithm(String family, int bits, String signature) {
        this.family = family;
        this.bits = bits;
        this.signature = signature;
    }

    /** Makes a new pair. RSA takes up to a second; never call it on an event loop. */
    public KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
            generator.initialize(parameters(), random);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("this Java lacks " + this, e);
        }
    }

    /** The kind of {@code key}; an {@link IllegalArgumentException} says why it is none of ours. */
    public static KeyAlgorithm of(PublicKey key) {
        for (KeyAlgorithm candidate : values()) {
            if (candidate.matches(key)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException(
                describe(key) + " is refused; use EC P-256, EC P-384, or RSA 2048, 3072 or 4096");
    }

    /** The JCA name of the signature a key of this kind makes. */
    String signature() {
        return signature;
    }

    private boolean matches(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> family.equals("RSA") && rsa.getModulus().bitLength() == bits;
            case ECPublicKey ec -> family.equals("EC") && onCurve(ec.getParams());
            default -> false;
        };
    }

    private boolean onCurve(ECParameterSpec given) {
        try {
            AlgorithmParameters known = AlgorithmParameters.getInstance("EC");
            known.init(parameters());
            ECParameterSpec ours = known.getParameterSpec(ECParameterSpec.class);
            return ours.getCurve().equals(given.getCurve())
                    && ours.getGenerator().equals(given.getGenerator())
                    && ours.getOrder().equals(given.getOrder());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks " + this, e);
        }
    }

    private AlgorithmParameterSpec parameters() {
        return family.equals("RSA")
                ? new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4)
                : new ECGenParameterSpec("secp" + bits + "r1");
    }

    private static String describe(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "an RSA key of " + rsa.getModulus().bitLength() + " bits";
            case ECPublicKey ec ->
                    "an EC key of "
                            + ec.getParams().getCurve().getField().getFieldSize()
                            + " bits on an unknown curve";
            default -> "a key of type " + key.getAlgorithm();
        };
    }
}
