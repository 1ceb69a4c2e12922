package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.time.LazyTimer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * How long a relayed connection may live: an identity is good until its certificate ends, and so is
 * what rests on it. On the loop.
 */
final class CertificateLife {
    private @Nullable Instant until;
    private @Nullable LazyTimer timer;

    /** The connection rests on the certificate that a peer has shown; plain text rests on none. */
    void restsOnPeer(@Nullable SslHandler ssl) {
        if (ssl == null) {
            return;
        }
        try {
            Certificate[] chain = ssl.engine().getSession().getPeerCertificates();
            if (chain.length > 0 && chain[0] instanceof X509Certificate leaf) {
                restsOn(leaf.getNotAfter().toInstant());
            }
        } catch (SSLPeerUnverifiedException e) {
            // It has shown none.
        }
    }

    /** The connection rests on a certificate that ends then; null: on none. */
    void restsOn(@Nullable Instant end) {
        if (until == null || end != null && end.isBefore(until)) {
            until = end;
        }
    }

    /** From now on {@code over} runs when the first of the certificates ends. */
    void begin(EventLoop loop, TcpForwarder.Context context, Runnable over) {
        if (until != null) {
            timer = new LazyTimer(loop, context.ticker(), over);
            Duration left = Duration.between(context.clock().instant(), until);
            timer.in(Math.max(0, left.toMillis()) * 1_000_000);
        }
    }

    void stop() {
        if (timer != null) {
            timer.close();
        }
    }
}
