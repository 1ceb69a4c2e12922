package dev.outrider.sidecar.observe;

/** A set of headers that carries a trace to the next hop; all are understood on arrival. */
public enum Propagation {
    /** {@code traceparent} and {@code tracestate} (W3C Trace Context). */
    W3C,
    /** The {@code x-b3-*} headers. */
    B3,
    /** The {@code b3} header. */
    B3_SINGLE
}
