package dev.outrider.sidecar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.lang.ref.Reference;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The accepting side of one identity's TLS. Any event loop, for as long as one holds it. */
public final class ServerTls {
    private final SslContext context;
    private final PeerVerifier verifier;
    private final Duration handshakeTimeout;

    ServerTls(SslContext context, PeerVerifier verifier, Duration handshakeTimeout) {
        this.context = context;
        this.verifier = verifier;
        this.handshakeTimeout = handshakeTimeout;
    }

    /** For tests of who owns it. */
    SslContext context() {
        return context;
    }

    /** For one connection; it must go into a pipeline, which releases its native memory. */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        try {
            SslHandler handler = context.newHandler(allocator);
            handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
            verifier.follow(handler);
            return handler;
        } finally {
            // Until the engine counts its own reference, the cleaner must not release the context.
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Who called, null if it stayed anonymous; ask once, right after the handshake succeeded, and
     * close the connection when this throws.
     */
    public @Nullable TlsPeer peerOf(SSLEngine engine) throws PeerRefused {
        return verifier.peerOf(engine);
    }
}
