package dev.outrider.certs;

import java.security.cert.CertificateException;

/**
 * Why a certificate chain is no proof of an identity. It is a {@link CertificateException}, so that
 * a TLS trust manager can let it pass through.
 */
public final class SvidException extends CertificateException {
    private static final long serialVersionUID = 1L;

    /** Stable: these names go into logs, metrics and problem documents. */
    public enum Reason {
        EMPTY_CHAIN,
        EXPIRED,
        NOT_YET_VALID,
        FOREIGN_TRUST_DOMAIN,
        UNTRUSTED,
        NO_SPIFFE_ID,
        MALFORMED_SPIFFE_ID,
        MORE_THAN_ONE_URI,
        NOT_A_LEAF,
        WRONG_USAGE,
        CHAIN_TOO_LONG
    }

    private final Reason reason;

    SvidException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    SvidException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
