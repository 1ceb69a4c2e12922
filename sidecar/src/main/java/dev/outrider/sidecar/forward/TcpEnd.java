package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.http.Cut;
import dev.outrider.sidecar.tls.Alpn;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * One of a relay's two connections. It hides how an end is said on it: by FIN in plain text, by a
 * {@linkplain TcpFrames frame} between sidecars, by close_notify to others that speak TLS. On the
 * loop, from when it is in its pipeline.
 *
 * <p>With TLS and no frames a client's close_notify ends both directions: the OpenSSL engine
 * answers it with its own and sends nothing more. What still comes for that client then breaks the
 * relay.
 */
final class TcpEnd extends ChannelInboundHandlerAdapter implements TcpFrames.Sink {
    /** What a connection between sidecars is known by. */
    static final String FRAMED = Alpn.TCP.offered().getFirst();

    /** What the relay hears; nothing more after {@link #broken} or once it has closed the end. */
    interface Owner {
        /** The end is in its pipeline. */
        void attached(TcpEnd end);

        /** Owns the bytes. */
        void received(TcpEnd from, ByteBuf bytes);

        /** No more bytes of this read follow. */
        void paused(TcpEnd from);

        /** The peer has said all it had to say. */
        void ended(TcpEnd from);

        /** All that was written and the end after it have left. */
        void delivered(TcpEnd to);

        /** It can take more again, or no more. */
        void writabilityChanged(TcpEnd to);

        /** It is gone before both sides had ended. */
        void broken(TcpEnd end, String why);
    }

    private final Owner owner;
    private final int buffer;
    private final boolean reading;
    private final ChannelFutureListener written = this::written;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable SslHandler ssl;
    private @Nullable TcpFrames frames;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean delivered;
    private boolean over;

    /**
     * @param reading whether it is read from the start
     */
    TcpEnd(Owner owner, int buffer, boolean reading) {
        this.owner = owner;
        this.buffer = buffer;
        this.reading = reading;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
        Channel channel = added.channel();
        ssl = channel.pipeline().get(SslHandler.class);
        frames = TcpFrames.of(ssl != null && FRAMED.equals(ssl.applicationProtocol()));
        var config = channel.config();
        config.setAutoRead(reading);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(buffer / 2, buffer));
        owner.attached(this);
    }

    /** Null before it is in its pipeline, and without TLS. */
    @Nullable SslHandler ssl() {
        return ssl;
    }

    Channel channel() {
        return context().channel();
    }

    boolean inputEnded() {
        return inputEnded;
    }

    // ---- what comes

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over || inputEnded && frames == null) {
            bytes.release();
        } else if (frames == null) {
            owner.received(this, bytes);
        } else {
            frames.decode(bytes, this);
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (over) {
            bytes.release();
        } else {
            owner.received(this, bytes);
        }
    }

    @Override
    public void end() {
        if (!over && !inputEnded) {
            inputEnded = true;
            owner.ended(this);
        }
    }

    @Override
    public void malformed(String why) {
        broken("the other sidecar broke the protocol: " + why);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (!over) {
            owner.paused(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        boolean goodbye = event instanceof SslCloseCompletionEvent said && said.isSuccess();
        if (goodbye || event instanceof ChannelInputShutdownEvent) {
            if (frames == null && goodbye == (ssl != null)) {
                end();
            } else if (!inputEnded) {
                broken("the connection was broken off");
            }
        }
        from.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        broken("the connection closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        broken(String.valueOf(cause.getMessage()));
    }

    private void broken(String why) {
        if (!over && !finished()) {
            over = true;
            owner.broken(this, why);
        }
    }

    /** Both sides have said all and it has left: the connection has no more use. */
    boolean finished() {
        return inputEnded && delivered;
    }

    // ---- what goes

    /** Owns the bytes. */
    void write(ByteBuf bytes) {
        if (over || outputEnded) {
            bytes.release();
            return;
        }
        if (frames != null) {
            context()
                    .write(TcpFrames.header(context().alloc(), bytes.readableBytes()))
                    .addListener(written);
        }
        context().write(bytes).addListener(written);
    }

    void flush() {
        context().flush();
    }

    /** Nothing more will be written; the peer is told once all that was has left. */
    void endOutput() {
        if (over || outputEnded) {
            return;
        }
        outputEnded = true;
        ByteBuf last =
                frames == null ? Unpooled.EMPTY_BUFFER : TcpFrames.header(context().alloc(), 0);
        context().writeAndFlush(last).addListener((ChannelFutureListener) this::lastWritten);
    }

    private void lastWritten(ChannelFuture future) {
        written(future);
        if (over) {
            return;
        }
        if (frames == null) {
            if (ssl != null) {
                ssl.closeOutbound();
            } else {
                // Only now: shutting down drops what still waits to be written.
                ((DuplexChannel) channel()).shutdownOutput();
            }
        }
        delivered = true;
        owner.delivered(this);
    }

    private void written(ChannelFuture future) {
        if (!future.isSuccess()) {
            broken(String.valueOf(future.cause().getMessage()));
        }
    }

    boolean writable() {
        return channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        if (!over) {
            owner.writabilityChanged(this);
        }
    }

    // ---- reading on and off

    void pause() {
        channel().config().setAutoRead(false);
    }

    void resume() {
        if (!over) {
            channel().config().setAutoRead(true);
        }
    }

    // ---- the end

    /** Both sides had said all; the owner hears nothing more. */
    void close() {
        over = true;
        channel().close();
    }

    /**
     * Breaks the connection off, with a RST and no close_notify: nobody may take this for the end
     * of what there was to say. The owner hears nothing more.
     */
    void reset() {
        over = true;
        if (ctx != null) {
            Cut.off(ctx.channel());
        }
    }

    private ChannelHandlerContext context() {
        return java.util.Objects.requireNonNull(ctx);
    }
}
