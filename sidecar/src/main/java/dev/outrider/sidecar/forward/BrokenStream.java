package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.StreamError;
import java.util.Locale;

/**
 * An attempt's stream that ended before its response did.
 *
 * @param sent whether any byte of the request may have reached the upstream
 * @param answered whether the client has had the beginning of the response
 * @param reused whether the connection had served before
 */
record BrokenStream(StreamError error, boolean sent, boolean answered, boolean reused) {
    /** What that is for the exchange. */
    Failure failure(String endpoint) {
        String detail = error.detail();
        return switch (error.kind()) {
            case CLOSED, RESET, CANCELLED ->
                    new Failure.UpstreamReset(endpoint, detail, sent, answered);
            case TLS ->
                    reused || answered || sent && !refusesUs(detail)
                            ? new Failure.UpstreamReset(endpoint, detail, sent, answered)
                            : new Failure.TlsFailed(endpoint, detail);
            case PROTOCOL, TOO_LARGE, TRAILERS_TOO_LARGE ->
                    new Failure.UpstreamProtocol(endpoint, detail);
            case REFUSED, UNSUPPORTED -> new Failure.UpstreamRefused(endpoint, detail);
            case TIMED_OUT -> new Failure.TimedOut(Failure.TimedOut.Phase.IDLE, detail, sent);
        };
    }

    /**
     * In TLS 1.3 a server judges our certificate after the handshake, and the request may be on its
     * way by then. Only such an alert (RFC 8446, section 6.2) proves that it was not looked at.
     */
    private static boolean refusesUs(String detail) {
        String text = detail.toLowerCase(Locale.ROOT).replace(' ', '_');
        return text.contains("certificate")
                || text.contains("unknown_ca")
                || text.contains("access_denied");
    }
}
