package dev.outrider.sidecar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLEngine;

/** The connecting side of one identity's TLS. Any event loop, for as long as one holds it. */
public final class ClientTls {
    private final SslContext context;
    private final PeerVerifier verifier;
    private final Duration handshakeTimeout;

    ClientTls(SslContext context, PeerVerifier verifier, Duration handshakeTimeout) {
        this.context = context;
        this.verifier = verifier;
        this.handshakeTimeout = handshakeTimeout;
    }

    /**
     * For one connection to {@code server}, whose earlier sessions may be resumed. The handler must
     * go into a pipeline, which releases its native memory.
     */
    public SslHandler newHandler(ByteBufAllocator allocator, InetSocketAddress server) {
        try {
            // The address and not a name: the sessions' key, and no server name goes out in clear.
            SslHandler handler =
                    context.newHandler(
                            allocator, server.getAddress().getHostAddress(), server.getPort());
            handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
            verifier.follow(handler);
            return handler;
        } finally {
            // Until the engine counts its own reference, the cleaner must not release the context.
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Who answered; ask once, right after the handshake succeeded, then let {@link ExpectedPeer}
     * check it. Close the connection when either throws.
     */
    public TlsPeer peerOf(SSLEngine engine) throws PeerRefused {
        TlsPeer peer = verifier.peerOf(engine);
        if (peer == null) {
            throw new PeerRefused(
                    TlsFailure.Reason.NO_CERTIFICATE, "the server showed no certificate");
        }
        return peer;
    }
}
