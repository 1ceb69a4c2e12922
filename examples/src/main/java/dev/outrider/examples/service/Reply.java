package dev.outrider.examples.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An answer, written whole. */
record Reply(int status, String contentType, Map<String, String> headers, byte[] body) {
    private static final JsonMapper JSON = new JsonMapper();

    static Reply json(int status, JsonNode content) {
        try {
            return new Reply(status, "application/json", Map.of(), JSON.writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    static Reply html(String page) {
        return new Reply(
                200, "text/html; charset=utf-8", Map.of(), page.getBytes(StandardCharsets.UTF_8));
    }

    static Reply problem(int status, String detail) {
        byte[] body =
                JSON.createObjectNode()
                        .put("type", "about:blank")
                        .put("status", status)
                        .put("detail", detail)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
        return new Reply(status, "application/problem+json", Map.of(), body);
    }
}
