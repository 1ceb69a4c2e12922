package dev.outrider.sidecar.listen;

/** What a connection was taken for, for metrics. */
public enum Detected {
    HTTP1,
    HTTP2,
    /** The app's own TLS, passed through. */
    TLS,
    /** Passed through for its first bytes, its ALPN or its port. */
    TCP,
    /** Passed through since its client said nothing in time. */
    SILENT,
    /** Passed through at once, since its destination is known to speak first. */
    SERVER_FIRST
}
