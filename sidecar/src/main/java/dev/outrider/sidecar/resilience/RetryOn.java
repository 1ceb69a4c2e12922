package dev.outrider.sidecar.resilience;

/** What of a failed attempt makes a further one worth while; statuses are listed apart. */
public enum RetryOn {
    /** No connection, TLS included, came about. */
    CONNECT_FAILURE,
    /** The upstream said that it did not process the request. */
    REFUSED,
    /** The connection broke before the response was there. */
    RESET,
    /** The attempt took longer than {@code perTry}, or the upstream fell silent. */
    TIMEOUT
}
