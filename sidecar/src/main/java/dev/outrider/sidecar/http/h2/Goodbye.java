package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.time.LazyTimer;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * Ends a server's connection without losing a request (RFC 9113, section 6.8): first a GOAWAY that
 * refuses nothing, then, when its PING is answered and so everything the client sent before it knew
 * has come, a GOAWAY that names the last stream; the connection closes when no stream is left.
 */
final class Goodbye {
    static final long PING = 0x6f75742d64726169L;

    private static final long ROUND_TRIP_NANOS = 1_000_000_000L;
    private static final long LINGER_NANOS = 1_000_000_000L;

    private enum Step {
        NONE,
        ANNOUNCED,
        FINISHING,
        CLOSING
    }

    private final Wire wire;
    private final Duration grace;
    private final Runnable outlived;
    private final LazyTimer timer;
    private Step step = Step.NONE;

    /**
     * @param outlived told when streams are still open after the grace
     */
    Goodbye(Wire wire, Duration grace, Ticker ticker, Runnable outlived) {
        this.wire = wire;
        this.grace = grace;
        this.outlived = outlived;
        this.timer = new LazyTimer(wire.ctx().channel().eventLoop(), ticker, this::expired);
    }

    /** Begins after so long, unless it has begun. */
    void in(long nanos) {
        if (step == Step.NONE) {
            timer.in(nanos);
        }
    }

    void begin() {
        if (step == Step.NONE) {
            step = Step.ANNOUNCED;
            goAway(Integer.MAX_VALUE);
            wire.ping(PING);
            timer.in(ROUND_TRIP_NANOS);
        }
    }

    void answered() {
        if (step == Step.ANNOUNCED) {
            step = Step.FINISHING;
            goAway(wire.connection().remote().lastStreamCreated());
            wire.flushSoon();
            timer.in(grace.toNanos());
            streamClosed();
        }
    }

    private void goAway(int last) {
        ChannelHandlerContext ctx = wire.ctx();
        wire.handler()
                .goAway(
                        ctx,
                        last,
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        ctx.newPromise());
    }

    void streamClosed() {
        if (step == Step.FINISHING && wire.connection().numActiveStreams() == 0) {
            close();
        }
    }

    /** Closes such that the last response arrives although the client may still send. */
    private void close() {
        step = Step.CLOSING;
        timer.in(LINGER_NANOS);
        wire.ctx().channel().eventLoop().execute(this::flushed);
    }

    private void flushed() {
        ChannelHandlerContext ctx = wire.ctx();
        if (!ctx.isRemoved()) {
            wire.handler().flush(ctx);
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> shutDown(ctx));
        }
    }

    private static void shutDown(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        if (ssl != null) {
            ssl.closeOutbound();
        }
        if (ctx.channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            ctx.close();
        }
    }

    private void expired() {
        switch (step) {
            case NONE -> begin();
            case ANNOUNCED -> answered();
            case FINISHING -> outlived.run();
            case CLOSING -> wire.ctx().close();
        }
    }

    void ended() {
        timer.close();
    }
}
