package dev.outrider.sidecar.auth;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/**
 * JSON as security formats need it: a name twice in one object, or anything after the value, is an
 * error, since two readers could otherwise see two different messages.
 */
final class StrictJson {
    private final JsonMapper mapper =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    JsonMapper mapper() {
        return mapper;
    }

    /** Reads an object; anything else is an {@link IllegalArgumentException}. */
    ObjectNode object(byte[] json) {
        JsonNode node;
        try {
            node = mapper.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new IllegalArgumentException("no JSON object");
        }
        return object;
    }

    String write(Map<String, ?> object) {
        try {
            return mapper.writeValueAsString(object);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON", e);
        }
    }
}
