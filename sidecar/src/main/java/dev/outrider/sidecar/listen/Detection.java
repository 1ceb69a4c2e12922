package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a client's first bytes and sends the connection where they belong. What cannot be told
 * in time, or before the client has ended, is passed through unread.
 */
final class Detection extends ChannelInboundHandlerAdapter {
    private final Accepted connection;
    private final Peer peer;
    private final Security.@Nullable Permissive own;
    private final HeldBytes held = new HeldBytes();
    private @Nullable Future<?> patience;
    private boolean done;

    /**
     * @param own the TLS that is ours to answer, should the client begin with it; null if all TLS
     *     is the app's
     */
    Detection(Accepted connection, Peer peer, Security.@Nullable Permissive own) {
        this.connection = connection;
        this.peer = peer;
        this.own = own;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ListenerConfig config = connection.listener().config();
        Duration longest =
                connection.expected().http()
                        ? config.limits().headTimeout()
                        : config.detectTimeout();
        patience =
                ctx.channel()
                        .eventLoop()
                        .schedule(() -> inTheEnd(ctx), longest.toMillis(), TimeUnit.MILLISECONDS);
        connection.silent(true);
        if (!peer.tls()) {
            // Else the bytes of a client that ends at once would be lost before they are judged.
            ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (patience != null) {
            patience.cancel(false);
        }
        held.release();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add((ByteBuf) message, ctx.alloc());
        if (held.isEmpty()) {
            return;
        }
        connection.silent(false);
        switch (FirstBytes.of(connection.expected(), own != null, held.peek())) {
            case MORE -> {}
            case HTTP1 -> {
                connection.http1(peer);
                leave(ctx);
            }
            case HTTP2 -> {
                connection.http2(peer);
                leave(ctx);
            }
            case OTHER -> {
                connection.tcp(peer, null, Detected.TCP);
                leave(ctx);
            }
            case TLS -> tls(ctx);
            case NO_HTTP ->
                    connection.turnAway(
                            TurnedAway.Reason.NO_HTTP,
                            "its first line is no request of HTTP, and this port takes no other");
        }
    }

    /** Our own, or the app's: then its first message tells where it goes. */
    private void tls(ChannelHandlerContext ctx) {
        if (own != null && connection.expected() != AppProtocol.TLS) {
            answer(ctx, own);
            return;
        }
        ClientHello hello = ClientHello.read(held.peek());
        if (hello == null) {
            return;
        }
        if (own != null && hello.protocols().contains(Accepted.RELAYED)) {
            answer(ctx, own); // a sidecar that tunnels the app's TLS in ours
        } else {
            connection.tcp(peer, hello.serverName(), Detected.TLS);
            leave(ctx);
        }
    }

    private void answer(ChannelHandlerContext ctx, Security.Permissive tls) {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        connection.handshake(tls.identity(), false, tls.refusals());
        leave(ctx);
    }

    /** No more bytes are to be had: the time is over, or the client has ended its side. */
    private void inTheEnd(ChannelHandlerContext ctx) {
        if (done || ctx.isRemoved()) {
            return;
        }
        if (connection.expected().http()) {
            ctx.close();
        } else {
            connection.tcp(peer, null, held.isEmpty() ? Detected.SILENT : Detected.TCP);
            leave(ctx);
        }
    }

    private void leave(ChannelHandlerContext ctx) {
        done = true;
        connection.handOver(ctx, this, held.take());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (held.isEmpty()) {
                ctx.close();
                return;
            }
            inTheEnd(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
