package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.tls.ClientCertificates;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.PeerRefused;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.ServerTls;
import dev.outrider.sidecar.tls.TlsFailureText;
import dev.outrider.sidecar.tls.TlsPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Waits for a client's TLS handshake and learns from it who the client is. */
final class Handshake extends ChannelInboundHandlerAdapter {
    private final Accepted connection;
    private final ServerTls tls;
    private final SslHandler ssl;
    private final boolean required;
    private final RefusalLog refusals;

    private Handshake(
            Accepted connection,
            ServerTls tls,
            SslHandler ssl,
            boolean required,
            RefusalLog refusals) {
        this.connection = connection;
        this.tls = tls;
        this.ssl = ssl;
        this.required = required;
        this.refusals = refusals;
    }

    /** Puts TLS into a connection's pipeline; {@code required}: no anonymous clients. */
    static void begin(
            Accepted connection, Identity identity, boolean required, RefusalLog refusals) {
        ServerTls tls =
                identity.server(
                        required ? ClientCertificates.REQUIRED : ClientCertificates.OPTIONAL);
        Channel channel = connection.channel();
        SslHandler ssl = tls.newHandler(channel.alloc());
        channel.pipeline().addLast(ssl);
        channel.pipeline().addLast(new Handshake(connection, tls, ssl, required, refusals));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                handshaken(ctx);
            } else {
                refuse(ctx, done.cause());
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void handshaken(ChannelHandlerContext ctx) {
        try {
            TlsPeer peer = tls.peerOf(ssl.engine());
            ctx.pipeline().remove(this);
            connection.handshaken(peer(peer), ssl.applicationProtocol());
            if (peer != null) {
                connection.endAfter(peer.validFor());
            }
        } catch (PeerRefused e) {
            refuse(ctx, e);
        }
    }

    private Peer peer(@Nullable TlsPeer peer) {
        InetSocketAddress address = connection.client();
        return peer == null
                ? new Peer(address, true, null, null, null)
                : new Peer(address, true, peer.id(), peer.certificateHash(), peer.subject());
    }

    private void refuse(ChannelHandlerContext ctx, Throwable cause) {
        refusals.refused(
                connection.listener().name(),
                connection.client().getAddress(),
                TlsFailureText.describe(cause, !required));
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The handshake's failure has been told by its event; this is the same once more.
        ctx.close();
    }
}
