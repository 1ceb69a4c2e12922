package dev.outrider.certs;

/** Why a certificate signing request is refused, whoever sent it. */
public final class CsrException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stable: these names go into the audit log and problem documents. */
    public enum Reason {
        MALFORMED,
        UNSUPPORTED_KEY,
        BAD_SIGNATURE,
        NO_SPIFFE_ID,
        MALFORMED_SPIFFE_ID,
        MORE_THAN_ONE_URI,
        OTHER_NAMES,
        NOT_THE_CALLER
    }

    private final Reason reason;

    CsrException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    CsrException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
