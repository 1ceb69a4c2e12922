package dev.outrider.sidecar.http;

/**
 * A response's head. As in {@link RequestHead} the hop-by-hop fields are gone; {@link #bodyLength}
 * counts the bytes that will really follow, so it is 0 for HEAD, 204 and 304 whatever the
 * Content-Length field says.
 */
public record ResponseHead(int status, Headers headers, long bodyLength) {
    private static final String EVENTS = "text/event-stream";

    /** A 1xx other than 101: any number of them may come before the final head. */
    public boolean informational() {
        return status < 200 && status != 101;
    }

    /** Whether its body is server-sent events, which go on without an end. */
    public boolean events() {
        return headers.valueStartsWith("content-type", EVENTS);
    }
}
