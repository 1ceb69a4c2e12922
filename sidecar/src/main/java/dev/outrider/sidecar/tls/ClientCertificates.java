package dev.outrider.sidecar.tls;

/** What a listener asks of the other side during the handshake. */
public enum ClientCertificates {
    /** No handshake without a certificate of the mesh: strict mTLS. */
    REQUIRED,
    /**
     * A client may stay anonymous; a certificate that is shown must be good. For a listener that
     * takes plain text as well.
     */
    OPTIONAL,
    /** Not asked for: the edge's ordinary HTTPS. */
    NONE
}
