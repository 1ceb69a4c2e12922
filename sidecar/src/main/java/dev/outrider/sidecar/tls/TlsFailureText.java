package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.tls.TlsFailure.Reason;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslClosedEngineException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Gives BoringSSL's, the JDK's and Netty's ways to report a failed handshake one set of reasons.
 *
 * <p>With TLS 1.3 a client has finished before the server looks at its certificate: the server's
 * refusal arrives as a failed read on a connection that seemed good. So a client should describe
 * what closes a connection before its first answer, too.
 */
public final class TlsFailureText {
    private static final int DEEPEST = 8;

    /** Names of alerts (RFC 8446, section 6) and what they mean when they come from a peer. */
    private static final Map<String, String> ALERTS =
            Map.ofEntries(
                    Map.entry("certificate required", "it wants a certificate and saw none"),
                    Map.entry("certificate expired", "our certificate has ended by its clock"),
                    Map.entry("unknown ca", "it does not trust our root"),
                    Map.entry("bad certificate", "our certificate is malformed or not valid yet"),
                    Map.entry("certificate unknown", "it does not accept our certificate"),
                    Map.entry("unsupported certificate", "it cannot use our kind of certificate"),
                    Map.entry("certificate revoked", "our certificate is revoked"),
                    Map.entry("access denied", "our identity may not connect"),
                    Map.entry("decrypt error", "our signature did not verify"));

    private static final List<String> NO_CERTIFICATE =
            List.of("peer did not return a certificate", "empty client certificate chain");

    private static final List<String> NOTHING_IN_COMMON =
            List.of(
                    "unsupported protocol",
                    "protocol version",
                    "no shared cipher",
                    "handshake failure",
                    "no cipher suites in common",
                    "insufficient security",
                    "no common signature",
                    "no shared group",
                    "no application protocol",
                    "client requested protocol",
                    "server selected protocol",
                    "the client supported protocol versions",
                    "unexpected protocol version");

    private static final List<String> NOT_TLS =
            List.of("not an ssl/tls record", "wrong version number", "http request");

    private TlsFailureText() {}

    /**
     * @param cause of the failed handshake, or of the end of a connection right after it
     * @param client whether we connected (else we accepted)
     */
    public static TlsFailure describe(Throwable cause, boolean client) {
        String other = client ? "the server" : "the client";
        Throwable each = cause;
        String alert = null;
        for (int depth = 0; each != null && depth < DEEPEST; depth++, each = each.getCause()) {
            TlsFailure known = byKind(each, other);
            if (known != null) {
                return known;
            }
            if (alert == null && each instanceof SSLException) {
                alert = words(each);
            }
        }
        if (alert == null) {
            return cause instanceof IOException
                    ? new TlsFailure(Reason.CLOSED, other + " broke the connection: " + cause)
                    : new TlsFailure(Reason.OTHER, "TLS with " + other + " failed: " + cause);
        }
        return byWords(alert, other, String.valueOf(cause.getMessage()));
    }

    private static @Nullable TlsFailure byKind(Throwable each, String other) {
        return switch (each) {
            case PeerRefused refused ->
                    new TlsFailure(refused.reason(), String.valueOf(refused.getMessage()));
            case SslHandshakeTimeoutException timeout ->
                    new TlsFailure(
                            Reason.TIMEOUT,
                            other + " did not finish the handshake: " + timeout.getMessage());
            case NotSslRecordException _ ->
                    new TlsFailure(Reason.NOT_TLS, other + " sent something that is not TLS");
            case ClosedChannelException _ -> closed(other);
            case SslClosedEngineException _ -> closed(other);
            default -> null;
        };
    }

    private static TlsFailure closed(String other) {
        return new TlsFailure(Reason.CLOSED, other + " closed before the handshake was done");
    }

    private static TlsFailure byWords(String text, String other, String original) {
        if (text.contains("connection closed")) {
            return closed(other);
        }
        if (any(text, NO_CERTIFICATE)) {
            return new TlsFailure(Reason.NO_CERTIFICATE, other + " showed no certificate");
        }
        for (Map.Entry<String, String> alert : ALERTS.entrySet()) {
            if (text.contains(alert.getKey())) {
                return new TlsFailure(
                        Reason.REFUSED_BY_PEER,
                        "%s refused us with the alert '%s': %s"
                                .formatted(other, alert.getKey(), alert.getValue()));
            }
        }
        if (any(text, NOT_TLS)) {
            return new TlsFailure(Reason.NOT_TLS, other + " sent something that is not TLS");
        }
        if (any(text, NOTHING_IN_COMMON)) {
            return new TlsFailure(
                    Reason.NOTHING_IN_COMMON,
                    other + " and we have no version, cipher or protocol in common: " + original);
        }
        return new TlsFailure(Reason.OTHER, "TLS with " + other + " failed: " + original);
    }

    private static boolean any(String text, List<String> parts) {
        return parts.stream().anyMatch(text::contains);
    }

    /**
     * Both libraries' spellings in one: BoringSSL writes {@code TLSV1_ALERT_UNKNOWN_CA}, the JDK
     * {@code unknown_ca}.
     */
    private static String words(Throwable each) {
        return String.valueOf(each.getMessage())
                .toLowerCase(Locale.ROOT)
                .lines()
                .collect(Collectors.joining(" "))
                .replace('_', ' ');
    }
}
