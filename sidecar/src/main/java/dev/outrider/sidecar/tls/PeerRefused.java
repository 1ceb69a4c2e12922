package dev.outrider.sidecar.tls;

import java.security.cert.CertificateException;

/**
 * We refuse the other side's certificate. The message is the whole sentence for the log; it holds
 * names the other side chose, with control characters taken out.
 */
public final class PeerRefused extends CertificateException {
    private static final long serialVersionUID = 1L;
    private final TlsFailure.Reason reason;

    PeerRefused(TlsFailure.Reason reason, String message, Throwable cause) {
        super(TlsFailure.printable(message), cause);
        this.reason = reason;
    }

    PeerRefused(TlsFailure.Reason reason, String message) {
        super(TlsFailure.printable(message));
        this.reason = reason;
    }

    public TlsFailure.Reason reason() {
        return reason;
    }
}
