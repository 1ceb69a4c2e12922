package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fake says to one request. */
public record FakeAnswer(int status, Map<String, String> headers, String body) {
    public static FakeAnswer ok(Map<String, ?> object) {
        return new FakeAnswer(200, Map.of(), Json.write(object));
    }

    static FakeAnswer created(Map<String, ?> object) {
        return new FakeAnswer(201, Map.of(), Json.write(object));
    }

    /** The API's {@code Status} object. */
    public static FakeAnswer failure(int status, String reason, String message) {
        return new FakeAnswer(status, Map.of(), Json.write(status(status, reason, message)));
    }

    /** Bytes that no API server would send. */
    public static FakeAnswer raw(int status, String body) {
        return new FakeAnswer(status, Map.of(), body);
    }

    public FakeAnswer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new FakeAnswer(status, more, body);
    }

    static Map<String, @Nullable Object> status(int code, String reason, String message) {
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", reason);
        status.put("code", code);
        return status;
    }
}
