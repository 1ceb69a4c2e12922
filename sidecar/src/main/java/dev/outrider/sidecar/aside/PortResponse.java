package dev.outrider.sidecar.aside;

import dev.outrider.certs.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer; {@code after} runs once it was sent, for what would cut the answer off. */
public record PortResponse(
        int status, String contentType, byte[] body, Map<String, String> headers, Runnable after) {
    private static final Runnable NOTHING = () -> {};
    private static final String TEXT = "text/plain; charset=utf-8";

    public PortResponse(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of(), NOTHING);
    }

    public PortResponse(int status, String contentType, String body) {
        this(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static PortResponse text(int status, String line) {
        return new PortResponse(status, TEXT, line + "\n");
    }

    public static PortResponse json(int status, Object json) {
        return new PortResponse(status, "application/json", Json.writeIndented(json));
    }

    public PortResponse with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new PortResponse(status, contentType, body, more, after);
    }

    public PortResponse then(Runnable action) {
        return new PortResponse(status, contentType, body, headers, action);
    }

    /** The head that goes before the body. */
    byte[] head() {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(status).append(' ').append(reason()).append("\r\n");
        head.append("content-type: ").append(contentType).append("\r\n");
        head.append("content-length: ").append(body.length).append("\r\n");
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
