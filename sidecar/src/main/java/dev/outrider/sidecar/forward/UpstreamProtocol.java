package dev.outrider.sidecar.forward;

/** What a service's endpoints speak. */
public enum UpstreamProtocol {
    /**
     * With mutual TLS what the caller spoke, unless the endpoint chooses HTTP/1.1. In plain text
     * HTTP/2 for gRPC, and HTTP/1.1 for all else, which every server takes.
     */
    AUTO,
    /** HTTP/1.1, whatever the caller spoke. */
    HTTP1,
    /** HTTP/2, whatever the caller spoke; over plain text with prior knowledge. */
    HTTP2
}
