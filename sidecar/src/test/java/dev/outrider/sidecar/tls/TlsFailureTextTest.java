package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.tls.TlsFailure.Reason;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsFailureTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE | REFUSED_BY_PEER
                    error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA | REFUSED_BY_PEER
                    error:1000045c:SSL routines:OPENSSL_internal:TLSV1_CERTIFICATE_REQUIRED | REFUSED_BY_PEER
                    (certificate_required) Received fatal alert: certificate_required | REFUSED_BY_PEER
                    Received fatal alert: unknown_ca | REFUSED_BY_PEER
                    error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE | NO_CERTIFICATE
                    Empty client certificate chain | NO_CERTIFICATE
                    error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL | NOTHING_IN_COMMON
                    error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER | NOT_TLS
                    Connection closed while SSL/TLS handshake was in progress | CLOSED
                    something new | OTHER
                    """)
    void givesBothLibrariesWordsOneReason(String message, Reason reason) {
        SSLException cause = new SSLHandshakeException(message);
        assertThat(TlsFailureText.describe(cause, true).reason()).isEqualTo(reason);
        assertThat(TlsFailureText.describe(new DecoderException(cause), false).reason())
                .isEqualTo(reason);
    }

    @Test
    void findsOurOwnRefusalBelowTheLibrarysException() {
        SSLException outer = new SSLException("CERTIFICATE_VERIFY_FAILED");
        outer.initCause(new PeerRefused(Reason.EXPIRED, "the sentence"));
        assertThat(TlsFailureText.describe(outer, true))
                .isEqualTo(new TlsFailure(Reason.EXPIRED, "the sentence"));
    }

    @Test
    void tellsTimeoutsFromClosedAndBrokenConnections() {
        assertThat(
                        TlsFailureText.describe(
                                        new SslHandshakeTimeoutException("after 5000ms"), false)
                                .reason())
                .isEqualTo(Reason.TIMEOUT);
        assertThat(TlsFailureText.describe(new ClosedChannelException(), true).reason())
                .isEqualTo(Reason.CLOSED);
        assertThat(TlsFailureText.describe(new IOException("Connection reset"), true).reason())
                .isEqualTo(Reason.CLOSED);
        assertThat(TlsFailureText.describe(new IllegalStateException("bug"), true).reason())
                .isEqualTo(Reason.OTHER);
    }
}
