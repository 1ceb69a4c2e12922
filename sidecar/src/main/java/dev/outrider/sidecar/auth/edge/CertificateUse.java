package dev.outrider.sidecar.auth.edge;

/** What a route makes of the certificate that a client shows in the handshake. */
public enum CertificateUse {
    /** Nothing. */
    IGNORED,
    /** It says who calls if no token and no API key does. */
    ACCEPTED,
    /** There must be one, besides the token or key that the route asks for. */
    REQUIRED
}
