package dev.outrider.certs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;

/** Verifies a JWT against a JWKS document with the JDK's own parts: a second opinion on jjwt. */
public final class PlainJwt {
    static final JsonMapper JSON = new JsonMapper();

    private PlainJwt() {}

    /** The claims; an {@link AssertionError} when no key of that use verifies the token. */
    public static JsonNode verified(String token, String jwks, String use) throws Exception {
        String[] parts = token.split("\\.", -1);
        JsonNode header = JSON.readTree(decode(parts[0]));
        for (JsonNode key : JSON.readTree(jwks).get("keys")) {
            if (key.path("kid").asText().equals(header.get("kid").asText())
                    && key.get("use").asText().equals(use)
                    && key.get("alg").equals(header.get("alg"))) {
                Signature signature = Signature.getInstance(jca(header.get("alg").asText()));
                signature.initVerify(publicKey(key));
                signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
                if (!signature.verify(decode(parts[2]))) {
                    throw new AssertionError("the signature is wrong");
                }
                return JSON.readTree(decode(parts[1]));
            }
        }
        throw new AssertionError("no key " + header + " in " + jwks);
    }

    private static String jca(String alg) {
        return switch (alg) {
            case "ES256" -> "SHA256withECDSAinP1363Format";
            case "ES384" -> "SHA384withECDSAinP1363Format";
            case "RS256" -> "SHA256withRSA";
            default -> throw new AssertionError("unexpected alg " + alg);
        };
    }

    private static PublicKey publicKey(JsonNode key) throws Exception {
        if (key.get("kty").asText().equals("RSA")) {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
        }
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(
                new ECGenParameterSpec(
                        key.get("crv").asText().equals("P-256") ? "secp256r1" : "secp384r1"));
        return KeyFactory.getInstance("EC")
                .generatePublic(
                        new ECPublicKeySpec(
                                new ECPoint(number(key, "x"), number(key, "y")),
                                curve.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger number(JsonNode key, String member) {
        return new BigInteger(1, decode(key.get(member).asText()));
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
