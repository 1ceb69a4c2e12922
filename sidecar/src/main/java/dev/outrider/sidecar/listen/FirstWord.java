package dev.outrider.sidecar.listen;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.InetSocketAddress;

/** Sees which side of a relayed connection speaks first, tells the memory, and leaves. */
final class FirstWord extends ChannelDuplexHandler {
    private final ServerFirst memory;
    private final InetSocketAddress destination;

    FirstWord(ServerFirst memory, InetSocketAddress destination) {
        this.memory = memory;
        this.destination = destination;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        memory.forget(destination);
        ctx.pipeline().remove(this); // before the answer, which comes second
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        memory.learn(destination);
        ctx.pipeline().remove(this);
        ctx.write(message, promise);
    }
}
