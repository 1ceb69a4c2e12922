package dev.outrider.examples.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request, read whole. Header names are in lower case. */
record Call(String method, URI uri, Map<String, String> headers, byte[] body) {
    private static final JsonMapper JSON = new JsonMapper();

    @Nullable String header(String name) {
        return headers.get(name);
    }

    List<String> segments() {
        return List.of(uri.getPath().substring(1).split("/", -1));
    }

    JsonNode json() throws Refusal {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "the body is no JSON");
        } catch (IOException e) {
            throw new Refusal(400, "the body cannot be read");
        }
    }

    /** A text member between 1 and 100 characters. */
    static String text(JsonNode json, String member) throws Refusal {
        String text = json.path(member).asText("");
        if (text.isEmpty() || text.length() > 100) {
            throw new Refusal(400, "'" + member + "' must be a text of 1 to 100 characters");
        }
        return text;
    }

    /** An amount in cents between 1 and a million euros. */
    static long cents(JsonNode json, String member) throws Refusal {
        JsonNode amount = json.path(member);
        long cents = amount.isIntegralNumber() ? amount.asLong() : 0;
        if (cents < 1 || cents > 100_000_000) {
            throw new Refusal(400, "'" + member + "' must be a whole number of cents");
        }
        return cents;
    }

    /** What the caller did wrong, in words for it. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String detail;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
            this.detail = message;
        }

        int status() {
            return status;
        }

        String detail() {
            return detail;
        }
    }
}
