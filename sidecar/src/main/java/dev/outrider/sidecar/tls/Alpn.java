package dev.outrider.sidecar.tls;

import java.util.List;

/** What a client offers to speak inside TLS (RFC 7301). */
public enum Alpn {
    HTTP_1(List.of("http/1.1")),

    /** HTTP/2 if the server can, else HTTP/1.1. */
    HTTP_2(List.of("h2", "http/1.1")),

    /** Bytes that are passed through unread, to another sidecar. */
    TCP(List.of("outrider-tcp"));

    private final List<String> offered;

    Alpn(List<String> offered) {
        this.offered = offered;
    }

    /** The identifiers, the preferred one first. */
    public List<String> offered() {
        return offered;
    }
}
