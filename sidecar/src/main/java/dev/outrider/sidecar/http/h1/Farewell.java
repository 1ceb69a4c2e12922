package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Cut;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.LazyTimer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * How a client's connection ends: such that the last response arrives although the client still
 * sends, which a reset would take from it (RFC 9112, section 9.6), or such that nobody takes what
 * was broken off for whole. What the client still sends is read over, up to a bound in bytes and
 * one in time. On the loop.
 *
 * <p>As a sink it takes the body of a request that had its answer, after which another may follow.
 */
final class Farewell implements BodySink {
    static final long LINGER_NANOS = 1_000_000_000L;
    private static final long MOST_DISCARDED = 256 * 1024;

    private final ChannelHandlerContext ctx;
    private final LazyTimer timer;
    private final Unread unread;
    private final Runnable tooMuch;
    private long discarded;
    private boolean begun;
    private boolean readingOver;

    /** The last response is out, and only its arrival is waited for. */
    private boolean lingering;

    /**
     * @param timer the connection's, which is ours once it has begun; then tell {@link #timedOut}
     * @param unread let go when it begins
     * @param tooMuch told when a body is longer than what is read over
     */
    Farewell(ChannelHandlerContext ctx, LazyTimer timer, Unread unread, Runnable tooMuch) {
        this.ctx = ctx;
        this.timer = timer;
        this.unread = unread;
        this.tooMuch = tooMuch;
    }

    boolean begun() {
        return begun;
    }

    /** A request begins, of which nothing is read over yet. */
    void reset() {
        discarded = 0;
        readingOver = false;
    }

    /**
     * The body of a request that had its answer; who sends it byte by byte is not read for ever.
     */
    void readOver(long nanos) {
        if (!readingOver) {
            readingOver = true;
            timer.in(nanos);
        }
    }

    /** Owns the bytes, which nobody wants; false if they are too many by now. */
    private boolean discard(ByteBuf bytes) {
        discarded += bytes.readableBytes();
        bytes.release();
        return discarded <= MOST_DISCARDED;
    }

    @Override
    public void data(ByteBuf chunk) {
        if (!discard(chunk)) {
            tooMuch.run();
        }
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void abort(StreamError error) {}

    @Override
    public void flush() {}

    /** Owns what comes after {@link #close}. */
    void received(ByteBuf bytes) {
        if (discard(bytes)) {
            return;
        }
        if (lingering) {
            cut();
        } else {
            // First the response shall go; one who takes none of it is not read for ever.
            ctx.channel().config().setAutoRead(false);
        }
    }

    /**
     * Closes when the last response is out.
     *
     * @param nanos how long that may take
     */
    void close(boolean mayStillSend, long nanos) {
        begin();
        timer.in(nanos);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> written(mayStillSend));
    }

    private void begin() {
        begun = true;
        unread.release();
    }

    private void written(boolean mayStillSend) {
        if (!ctx.channel().isActive()) {
            return;
        }
        SslHandler ssl = ssl();
        if (ssl != null) {
            ssl.closeOutbound();
        }
        if (mayStillSend && ctx.channel() instanceof DuplexChannel duplex) {
            timer.in(LINGER_NANOS);
            lingering = true;
            discarded = 0;
            duplex.shutdownOutput();
            ctx.channel().config().setAutoRead(true);
        } else {
            ctx.close();
        }
    }

    /** Null on plain text. */
    @Nullable SslHandler ssl() {
        return ctx.pipeline().get(SslHandler.class);
    }

    void timedOut() {
        if (lingering) {
            closeNow();
        } else {
            // The last response did not go out, and may be one that ends with the connection.
            cut();
        }
    }

    void closeNow() {
        begin();
        timer.close();
        ctx.close();
    }

    /** The client can tell that what it has is not all. */
    void cut() {
        begin();
        timer.close();
        Cut.off(ctx.channel());
    }
}
