package dev.outrider.certs.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrider.certs.Pem;
import dev.outrider.certs.TrustBundle;
import java.security.PrivateKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known about roots beside the one that signs, as one text.
 *
 * @param instead an issuer that counts in place of the three PEM documents: they are being replaced
 *     one by one, and a kill may come in between
 */
record RootsText(
        String trustDomain,
        long generation,
        Duration longestSvid,
        Optional<RootRotation> rotation,
        Optional<Issuer> instead) {
    private static final JsonMapper JSON = new JsonMapper();

    static RootsText of(AuthorityState state) {
        return new RootsText(
                state.trustDomain(),
                state.generation(),
                state.longestSvid(),
                state.rotation(),
                Optional.empty());
    }

    RootsText instead(Issuer issuer) {
        return new RootsText(trustDomain, generation, longestSvid, rotation, Optional.of(issuer));
    }

    /**
     * @throws IllegalArgumentException that never quotes the text, which holds keys
     */
    static RootsText read(String text) {
        JsonNode document;
        try {
            document = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not JSON");
        }
        try {
            String trustDomain = document.required("trustDomain").asText();
            return new RootsText(
                    trustDomain,
                    document.required("generation").asLong(),
                    Duration.parse(document.required("longestSvid").asText()),
                    Optional.ofNullable(document.get("rotation"))
                            .map(rotation -> rotation(rotation, trustDomain)),
                    Optional.ofNullable(document.get("issuer"))
                            .map(issuer -> issuer(issuer, trustDomain)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("holds a broken time: " + e.getMessage(), e);
        }
    }

    String write() {
        ObjectNode document =
                JSON.createObjectNode()
                        .put("trustDomain", trustDomain)
                        .put("generation", generation)
                        .put("longestSvid", longestSvid.toString());
        rotation.ifPresent(under -> {
            ObjectNode kept =
                    document.putObject("rotation")
                            .put("announced", under.announced().toString())
                            .put("signFrom", under.signFrom().toString())
                            .put("dropOld", under.dropOld().toString());
            put(under.next(), kept.putObject("next"));
        });
        instead.ifPresent(issuer -> put(issuer, document.putObject("issuer")));
        return document.toPrettyString();
    }

    private static RootRotation rotation(JsonNode kept, String trustDomain) {
        return new RootRotation(
                issuer(kept.required("next"), trustDomain),
                Instant.parse(kept.required("announced").asText()),
                Instant.parse(kept.required("signFrom").asText()),
                Instant.parse(kept.required("dropOld").asText()));
    }

    private static Issuer issuer(JsonNode kept, String trustDomain) {
        Optional<PrivateKey> rootKey =
                Optional.ofNullable(kept.get("rootKey")).map(key -> Pem.privateKey(key.asText()));
        return new Issuer(
                TrustBundle.parsePem(trustDomain, kept.required("roots").asText()),
                rootKey,
                Pem.certificates(kept.required("chain").asText()),
                Pem.privateKey(kept.required("key").asText()));
    }

    private static void put(Issuer issuer, ObjectNode kept) {
        kept.put("roots", issuer.roots().toPem());
        issuer.rootKey().ifPresent(key -> kept.put("rootKey", Pem.encode(key)));
        kept.put("chain", Pem.encode(issuer.chain()));
        kept.put("key", Pem.encode(issuer.key()));
    }
}
