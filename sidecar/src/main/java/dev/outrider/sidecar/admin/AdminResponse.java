package dev.outrider.sidecar.admin;

import dev.outrider.certs.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer; {@code after} runs once it was sent, for what would cut the answer off. */
record AdminResponse(
        int status, String contentType, String body, Map<String, String> headers, Runnable after) {
    private static final Runnable NOTHING = () -> {};
    private static final String TEXT = "text/plain; charset=utf-8";

    AdminResponse(int status, String contentType, String body) {
        this(status, contentType, body, Map.of(), NOTHING);
    }

    static AdminResponse text(int status, String line) {
        return new AdminResponse(status, TEXT, line + "\n");
    }

    static AdminResponse json(int status, Object json) {
        return new AdminResponse(status, "application/json", Json.writeIndented(json));
    }

    AdminResponse with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new AdminResponse(status, contentType, body, more, after);
    }

    AdminResponse then(Runnable action) {
        return new AdminResponse(status, contentType, body, headers, action);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    /** The head that goes before {@code length} bytes of body. */
    byte[] head(int length) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(status).append(' ').append(reason()).append("\r\n");
        head.append("content-type: ").append(contentType).append("\r\n");
        head.append("content-length: ").append(length).append("\r\n");
        head.append("cache-control: no-store\r\nx-content-type-options: nosniff\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("connection: close\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Internal Server Error";
        };
    }
}
