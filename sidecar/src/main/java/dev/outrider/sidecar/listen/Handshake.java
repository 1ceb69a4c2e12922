package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.ServerConnection;
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
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for a client's TLS handshake and learns from it who the client is. */
final class Handshake extends ChannelInboundHandlerAdapter {
    private final Listener listener;
    private final ServerTls tls;
    private final SslHandler ssl;
    private final boolean required;
    private final RefusalLog refusals;

    private Handshake(
            Listener listener,
            ServerTls tls,
            SslHandler ssl,
            boolean required,
            RefusalLog refusals) {
        this.listener = listener;
        this.tls = tls;
        this.ssl = ssl;
        this.required = required;
        this.refusals = refusals;
    }

    /** Puts TLS into a connection's pipeline; {@code required}: no anonymous clients. */
    static void begin(
            Listener listener,
            Channel connection,
            Identity identity,
            boolean required,
            RefusalLog refusals) {
        ServerTls tls =
                identity.server(
                        required ? ClientCertificates.REQUIRED : ClientCertificates.OPTIONAL);
        SslHandler ssl = tls.newHandler(connection.alloc());
        connection.pipeline().addLast(ssl);
        connection.pipeline().addLast(new Handshake(listener, tls, ssl, required, refusals));
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
            InetSocketAddress address = (InetSocketAddress) ctx.channel().remoteAddress();
            ctx.pipeline().remove(this);
            ServerConnection http = listener.established(ctx.channel(), peer(address, peer));
            if (peer != null) {
                endWithCertificate(http, ctx.channel(), peer.validFor());
            }
        } catch (PeerRefused e) {
            refuse(ctx, e);
        }
    }

    /** An identity is good until its certificate ends, and so is a connection that rests on it. */
    private static void endWithCertificate(
            ServerConnection http, Channel connection, Duration validFor) {
        Future<?> end =
                connection
                        .eventLoop()
                        .schedule(http::drain, validFor.toMillis(), TimeUnit.MILLISECONDS);
        connection.closeFuture().addListener(_ -> end.cancel(false));
    }

    private static Peer peer(InetSocketAddress address, @Nullable TlsPeer peer) {
        return peer == null
                ? new Peer(address, true, null, null, null)
                : new Peer(address, true, peer.id(), peer.certificateHash(), peer.subject());
    }

    private void refuse(ChannelHandlerContext ctx, Throwable cause) {
        InetSocketAddress address = (InetSocketAddress) ctx.channel().remoteAddress();
        refusals.refused(
                listener.name(), address.getAddress(), TlsFailureText.describe(cause, !required));
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The handshake's failure has been told by its event; this is the same once more.
        ctx.close();
    }
}
