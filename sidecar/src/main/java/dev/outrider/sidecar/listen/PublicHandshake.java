package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.tls.PublicTls;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsFailureText;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** Waits for the TLS handshake of a client from outside. */
final class PublicHandshake extends ChannelInboundHandlerAdapter {
    private final Accepted connection;
    private final RefusalLog refusals;
    private boolean refused;

    private PublicHandshake(Accepted connection, RefusalLog refusals) {
        this.connection = connection;
        this.refusals = refusals;
    }

    static void begin(Accepted connection, PublicTls tls, RefusalLog refusals) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        pipeline.addLast(tls.newHandler());
        pipeline.addLast(new PublicHandshake(connection, refusals));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent done)) {
            ctx.fireUserEventTriggered(event);
        } else if (done.isSuccess()) {
            SslHandler ssl = ctx.pipeline().get(SslHandler.class);
            PublicTls.Client client = PublicTls.clientOf(ssl.engine());
            Peer peer =
                    client == null
                            ? new Peer(connection.client(), true, null, null, null)
                            : new Peer(
                                    connection.client(),
                                    true,
                                    null,
                                    client.certificateHash(),
                                    client.subject(),
                                    client.uris(),
                                    client.dnsNames());
            ctx.pipeline().remove(this);
            connection.handshaken(peer, ssl.applicationProtocol());
        } else {
            refuse(ctx, done.cause());
        }
    }

    /** Also what is no ClientHello at all. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(ctx, cause);
    }

    private void refuse(ChannelHandlerContext ctx, Throwable cause) {
        if (!refused) {
            refused = true;
            refusals.refused(
                    connection.listener().name(),
                    connection.client().getAddress(),
                    TlsFailureText.describe(cause, true));
        }
        ctx.close();
    }
}
