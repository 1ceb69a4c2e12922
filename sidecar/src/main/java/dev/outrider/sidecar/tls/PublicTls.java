package dev.outrider.sidecar.tls;

import dev.outrider.certs.RevokedList;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.lang.ref.Reference;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The certificates shown to clients from outside, at one moment. Immutable and safe on any thread;
 * take it anew for each connection.
 */
public final class PublicTls {
    /** A ClientHello with post-quantum key shares takes under 2 KiB. */
    private static final int LONGEST_HELLO = 16 * 1024;

    private final Map<String, SslContext> byName;
    private final SslContext otherwise;
    private final Duration handshakeTimeout;
    private final Instant notAfter;

    /** {@code byName}: lower case, a wildcard as {@code .example.com}. */
    PublicTls(
            Map<String, SslContext> byName,
            SslContext otherwise,
            Duration handshakeTimeout,
            Instant notAfter) {
        this.byName = Map.copyOf(byName);
        this.otherwise = otherwise;
        this.handshakeTimeout = handshakeTimeout;
        this.notAfter = notAfter;
    }

    /**
     * Who a client is by the certificate it has shown, once verified.
     *
     * @param uris what else it is called; not all if they are very many
     * @param dnsNames likewise
     */
    public record Client(
            String certificateHash, String subject, List<String> uris, List<String> dnsNames) {
        static Client of(X509Certificate certificate) {
            return new Client(
                    RevokedList.Subject.sha256(certificate),
                    certificate.getSubjectX500Principal().getName(),
                    SubjectNames.urisOfClient(certificate),
                    SubjectNames.ofClient(certificate));
        }
    }

    /** When the first of the certificates ends. */
    public Instant notAfter() {
        return notAfter;
    }

    /**
     * For one connection: reads which server the client asks for and becomes the TLS of that one's
     * certificate. Slow handshakes end after the timeout, counted from the first byte on.
     */
    public ChannelHandler newHandler() {
        return new SniHandler(this::contextFor, LONGEST_HELLO, handshakeTimeout.toMillis()) {
            @Override
            protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
                try {
                    SslHandler handler = super.newSslHandler(context, allocator);
                    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
                    return handler;
                } finally {
                    // The engine counts its own reference from here on.
                    Reference.reachabilityFence(PublicTls.this);
                }
            }
        };
    }

    SslContext contextFor(@Nullable String serverName) {
        if (serverName == null) {
            return otherwise;
        }
        String name = serverName.toLowerCase(Locale.ROOT);
        SslContext exact = byName.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        SslContext wildcard = dot < 0 ? null : byName.get(name.substring(dot));
        return wildcard == null ? otherwise : wildcard;
    }

    /** Who the client has proved to be; null if it showed no certificate. */
    public static @Nullable Client clientOf(SSLEngine engine) {
        try {
            Certificate shown = engine.getSession().getPeerCertificates()[0];
            return shown instanceof X509Certificate certificate ? Client.of(certificate) : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
