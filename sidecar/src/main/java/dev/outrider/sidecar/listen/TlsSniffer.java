package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells TLS from plain text by a connection's first byte (RFC 8446, section 5.1). */
final class TlsSniffer extends ChannelInboundHandlerAdapter {
    private static final int HANDSHAKE_RECORD = 0x16;
    private static final long PATIENCE_SECONDS = 10;

    private final Listener listener;
    private final Supplier<@Nullable Identity> identity;
    private final RefusalLog refusals;
    private @Nullable Future<?> patience;

    TlsSniffer(Listener listener, Supplier<@Nullable Identity> identity, RefusalLog refusals) {
        this.listener = listener;
        this.identity = identity;
        this.refusals = refusals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience =
                ctx.channel()
                        .eventLoop()
                        .schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (patience != null) {
            patience.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf first = (ByteBuf) message;
        Channel connection = ctx.channel();
        Identity current = identity.get();
        if (first.getByte(first.readerIndex()) != HANDSHAKE_RECORD) {
            InetSocketAddress address = (InetSocketAddress) connection.remoteAddress();
            listener.established(connection, Peer.plain(address));
        } else if (current != null) {
            Handshake.begin(listener, connection, current, false, refusals);
        } else {
            first.release();
            ctx.close();
            return;
        }
        ctx.fireChannelRead(first);
        ctx.pipeline().remove(this);
    }
}
