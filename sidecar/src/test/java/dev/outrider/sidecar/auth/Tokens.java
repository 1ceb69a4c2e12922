package dev.outrider.sidecar.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs tokens by hand, with the JDK alone: a library would refuse to make most of the bad ones,
 * and would agree with itself on the good ones.
 */
final class Tokens {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final KeyPair EC = generate("EC", 256);
    static final KeyPair EC_OTHER = generate("EC", 256);
    static final KeyPair EC_384 = generate("EC", 384);
    static final KeyPair RSA = generate("RSA", 2048);
    static final String HEADER = "{'alg':'ES256','kid':'k1','typ':'JWT'}";
    static final String JWKS = jwks(ec("k1", EC), rsa("r1", RSA), ec("k384", EC_384));

    private Tokens() {}

    /** Claims that hold at {@link #NOW}, with more appended or overriding by being placed alone. */
    static String claims(String more) {
        return "{'sub':'"
                + Requests.WEB
                + "','aud':'orders','exp':"
                + (NOW.getEpochSecond() + 600)
                + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    static String good() {
        return sign(HEADER, claims("'jti':'t1'"), EC.getPrivate());
    }

    /** Single quotes stand for double ones. */
    static String sign(String header, String payload, PrivateKey key) {
        String input = part(header) + "." + part(payload);
        return input + "." + part(signature(input, key));
    }

    static String hmac(String header, String payload, byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String input = part(header) + "." + part(payload);
            return input + "." + part(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String part(String json) {
        return part(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The same with one of the JDK's algorithms; PSS with SHA-256 when it is RSASSA-PSS. */
    static String sign(String header, String payload, PrivateKey key, String algorithm) {
        String input = part(header) + "." + part(payload);
        return input + "." + part(signature(input, key, algorithm));
    }

    private static byte[] signature(String input, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSAinP1363Format";
                    case "RSA" -> "SHA256withRSA";
                    default -> throw new AssertionError(key.getAlgorithm());
                };
        return signature(input, key, algorithm);
    }

    private static byte[] signature(String input, PrivateKey key, String algorithm) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (algorithm.equals("RSASSA-PSS")) {
                signature.setParameter(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(key);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String jwks(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    static String ec(String id, KeyPair pair) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        int bits = key.getParams().getOrder().bitLength();
        return object(
                List.of(
                        "kty",
                        "EC",
                        "kid",
                        id,
                        "use",
                        "sig",
                        "crv",
                        "P-" + bits,
                        "x",
                        number(key.getW().getAffineX().toByteArray(), bits / 8),
                        "y",
                        number(key.getW().getAffineY().toByteArray(), bits / 8)));
    }

    static String rsa(String id, KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return object(
                List.of(
                        "kty",
                        "RSA",
                        "kid",
                        id,
                        "n",
                        number(key.getModulus().toByteArray(), key.getModulus().bitLength() / 8),
                        "e",
                        number(key.getPublicExponent().toByteArray(), 3)));
    }

    static String ed25519(String id, KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return object(List.of("kty", "OKP", "kid", id, "crv", "Ed25519", "x", part(point)));
    }

    private static String object(List<String> pairs) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            members.add("\"" + pairs.get(i) + "\":\"" + pairs.get(i + 1) + "\"");
        }
        return "{" + String.join(",", members) + "}";
    }

    private static String number(byte[] bytes, int length) {
        byte[] fixed = new byte[length];
        int copied = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, fixed, length - copied, copied);
        return part(fixed);
    }

    static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] encoded(Key key) {
        return key.getEncoded();
    }
}
