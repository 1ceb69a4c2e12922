package dev.outrider.sidecar.forward;

/** What a service's endpoints speak. */
public enum UpstreamProtocol {
    /**
     * What the caller spoke: HTTP/2 goes on as HTTP/2, HTTP/1 as HTTP/1.1. With mutual TLS the
     * endpoint may choose HTTP/1.1 instead.
     */
    AUTO,
    /** HTTP/1.1, whatever the caller spoke. */
    HTTP1,
    /** HTTP/2, whatever the caller spoke; over plain text with prior knowledge. */
    HTTP2
}
