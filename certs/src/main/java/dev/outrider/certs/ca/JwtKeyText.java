package dev.outrider.certs.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrider.certs.JwtAlgorithm;
import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.JwtKeys.JwtKey;
import dev.outrider.certs.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The token signing keys as one text, kept as a whole: two generations are never mixed. */
final class JwtKeyText {
    private static final JsonMapper JSON = new JsonMapper();

    private JwtKeyText() {}

    /**
     * @throws IllegalArgumentException that never quotes the text, which holds keys
     */
    static JwtKeys read(String text) {
        try {
            JsonNode document = JSON.readTree(text);
            List<JwtKey> keys = new ArrayList<>();
            for (JsonNode key : document.required("keys")) {
                keys.add(key(key));
            }
            return new JwtKeys(document.required("sequence").asLong(), keys);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not JSON");
        } catch (IllegalArgumentException | DateTimeException | GeneralSecurityException e) {
            throw new IllegalArgumentException("holds a broken key", e);
        }
    }

    static String write(JwtKeys keys) {
        ObjectNode document = JSON.createObjectNode().put("sequence", keys.sequence());
        ArrayNode list = document.putArray("keys");
        for (JwtKey key : keys.keys()) {
            list.addObject()
                    .put("kid", key.kid())
                    .put("algorithm", key.algorithm().name())
                    .put("signsFrom", key.signsFrom().toString())
                    .put("signsUntil", key.signsUntil().toString())
                    .put(
                            "publicKey",
                            Base64.getEncoder().encodeToString(key.pair().getPublic().getEncoded()))
                    .put("privateKey", Pem.encode(key.pair().getPrivate()));
        }
        return document.toPrettyString();
    }

    private static JwtKey key(JsonNode key) throws GeneralSecurityException {
        PrivateKey secret = Pem.privateKey(key.required("privateKey").asText());
        byte[] shown = Base64.getDecoder().decode(key.required("publicKey").asText());
        KeyPair pair =
                new KeyPair(
                        KeyFactory.getInstance(secret.getAlgorithm())
                                .generatePublic(new X509EncodedKeySpec(shown)),
                        secret);
        return new JwtKey(
                key.required("kid").asText(),
                JwtAlgorithm.valueOf(key.required("algorithm").asText()),
                pair,
                Instant.parse(key.required("signsFrom").asText()),
                Instant.parse(key.required("signsUntil").asText()));
    }
}
