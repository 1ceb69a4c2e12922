package dev.outrider.sidecar.http.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What the streams of one connection share: when to flush, whom to tell that it may write again,
 * and the way back for window bytes. Everything that is written within one turn of the loop goes
 * out with one flush.
 */
final class Wire {
    /** Bytes of one stream that may wait for its window before its writer is told to stop. */
    static final int MOST_PENDING = 64 * 1024;

    /** A stream that was told it may not write and waits to hear that it may. */
    interface Writer {
        boolean mayWrite();

        void becameWritable();
    }

    private final Http2ConnectionHandler handler;
    private final ChannelHandlerContext ctx;
    private final Runnable flush = this::flush;
    private final List<Inflow> touched = new ArrayList<>();
    private final List<Outflow> holding = new ArrayList<>();
    private final ArrayDeque<Writer> stopped = new ArrayDeque<>();
    private final RecentIds resets;
    private final HeaderEncoder blocks;
    private boolean reading;
    private boolean flushing;
    private boolean telling;

    /**
     * @param resets of streams that we reset, whose frames may still be under way
     */
    Wire(
            Http2ConnectionHandler handler,
            ChannelHandlerContext ctx,
            RecentIds resets,
            HeaderEncoder blocks) {
        this.handler = handler;
        this.ctx = ctx;
        this.resets = resets;
        this.blocks = blocks;
    }

    ChannelHandlerContext ctx() {
        return ctx;
    }

    Http2Connection connection() {
        return handler.connection();
    }

    Http2ConnectionHandler handler() {
        return handler;
    }

    // ---- reading

    void reading() {
        reading = true;
    }

    /** A body got bytes in this burst; its sink is told when the burst is over. */
    void touched(Inflow inflow) {
        int size = touched.size();
        if (size == 0 || touched.get(size - 1) != inflow) {
            touched.add(inflow);
        }
    }

    void burstOver() {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).flush();
        }
        touched.clear();
        reading = false;
    }

    void giveBack(Http2Stream stream, int bytes) {
        try {
            if (handler.decoder().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            handler.onError(ctx, true, e);
        }
    }

    // ---- writing

    /** An empty header block of this connection, to be filled and written once. */
    HeaderBlock block() {
        return blocks.block();
    }

    /** Everything written so far goes out before the loop does anything else for long. */
    void flushSoon() {
        if (!reading && !flushing) {
            flushing = true;
            ctx.channel().eventLoop().execute(flush);
        }
    }

    private void flush() {
        flushing = false;
        if (!ctx.isRemoved()) {
            handler.flush(ctx);
        }
    }

    /** Holds a piece of a body back until the next flush. */
    void held(Outflow outflow) {
        holding.add(outflow);
    }

    /** Before the connection's flush: nothing stays held back. May be called from within itself. */
    void flushing() {
        while (!holding.isEmpty()) {
            holding.removeLast().flushing();
        }
    }

    /** Makes room by flushing now; whoever was stopped hears of it later. */
    void push() {
        boolean before = telling;
        telling = true;
        handler.flush(ctx);
        telling = before;
    }

    boolean channelWritable() {
        return ctx.channel().isWritable();
    }

    void stopped(Writer writer) {
        stopped.add(writer);
    }

    /** After a flush or a change of the channel: some of the stopped may go on. */
    void tellWritable() {
        if (telling || stopped.isEmpty()) {
            return;
        }
        telling = true;
        for (int i = stopped.size(); i > 0; i--) {
            Writer writer = stopped.remove();
            if (writer.mayWrite()) {
                writer.becameWritable();
            } else {
                stopped.add(writer);
            }
        }
        telling = false;
    }

    void ping(long data) {
        handler.encoder().writePing(ctx, false, data, ctx.newPromise());
        flushSoon();
    }

    /** Ends a stream at once; frames of it that are under way will be ignored. */
    void reset(Http2Stream stream, long code) {
        if (stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        forget(stream.id());
        handler.resetStream(ctx, stream.id(), code, ctx.newPromise());
        stream.close();
        flushSoon();
    }

    /** Frames of a stream that is not there will be ignored. */
    void forget(int streamId) {
        resets.add(streamId);
    }

    boolean wasReset(int streamId) {
        return resets.contains(streamId);
    }
}
