package dev.outrider.sidecar.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes the PROXY protocol's header, which a trusted balancer must send before all else. */
final class ProxyHeaderStep extends ChannelInboundHandlerAdapter {
    /** The protocol's text asks for at least 3 seconds, the span of a lost packet. */
    private static final long PATIENCE_SECONDS = 5;

    private final Accepted connection;
    private final HeldBytes held = new HeldBytes();
    private @Nullable Future<?> patience;

    ProxyHeaderStep(Accepted connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience =
                ctx.channel()
                        .eventLoop()
                        .schedule(
                                () -> refuse("it did not come in time"),
                                PATIENCE_SECONDS,
                                TimeUnit.SECONDS);
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
        switch (ProxyHeader.read(held.peek())) {
            case ProxyHeader.More _ -> {}
            case ProxyHeader.Malformed malformed -> refuse(malformed.sentence());
            case ProxyHeader.Header header -> {
                if (header.source() != null) {
                    connection.client(header.source());
                }
                connection.locate();
                connection.handOver(ctx, this, held.take());
            }
        }
    }

    private void refuse(String sentence) {
        connection.turnAway(TurnedAway.Reason.PROXY_HEADER, sentence);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
