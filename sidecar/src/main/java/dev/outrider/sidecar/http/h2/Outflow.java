package dev.outrider.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** The message that goes out on one stream, and how much of it still waits for the peer. */
final class Outflow implements PendingBytes.Source, Wire.Writer {
    private final Wire wire;
    private final int id;
    private final Runnable writable;
    private long pending;

    /**
     * The body's last piece so far; goes out with the stream's end if that comes before a flush.
     */
    private @Nullable ByteBuf held;

    private boolean listed;
    private boolean stopped;
    private boolean moved;
    private boolean closed;

    /** Whether the stream exists; one that is held back takes nothing more than its head. */
    private boolean born;

    /**
     * @param writable told when the writer, once stopped, may go on
     */
    Outflow(Wire wire, int id, boolean born, Runnable writable) {
        this.wire = wire;
        this.id = id;
        this.born = born;
        this.writable = writable;
    }

    void born() {
        born = true;
    }

    int id() {
        return id;
    }

    private Http2ConnectionEncoder encoder() {
        return wire.handler().encoder();
    }

    void head(Http2Headers head, boolean last, ChannelPromise promise) {
        pass();
        encoder().writeHeaders(wire.ctx(), id, head, 0, last, promise);
    }

    void head(Http2Headers head, boolean last) {
        head(head, last, wire.ctx().newPromise());
    }

    /** Owns {@code chunk}. */
    void data(ByteBuf chunk) {
        pass();
        held = chunk;
        if (!listed) {
            listed = true;
            wire.held(this);
        }
    }

    /** Before a flush: what is held back goes to where it waits for the peer's window. */
    void flushing() {
        listed = false;
        pass();
    }

    private void pass() {
        ByteBuf chunk = held;
        if (chunk != null) {
            held = null;
            write(chunk, false);
        }
    }

    /** The last piece of data, if that has not gone out yet, ends the stream. */
    void end() {
        ByteBuf chunk = held;
        held = null;
        write(chunk == null ? Unpooled.EMPTY_BUFFER : chunk, true);
    }

    private void write(ByteBuf chunk, boolean last) {
        ChannelHandlerContext ctx = wire.ctx();
        encoder().writeData(ctx, id, chunk, 0, last, ctx.newPromise());
    }

    private long waitingBytes() {
        return held == null ? pending : pending + held.readableBytes();
    }

    @Override
    public void pending(long bytes) {
        moved |= bytes < pending;
        pending = bytes;
    }

    boolean waiting() {
        return waitingBytes() > 0;
    }

    /** Whether bytes have gone out since this was asked last. */
    boolean moved() {
        boolean result = moved;
        moved = false;
        return result;
    }

    boolean writable() {
        if (!mayWrite() && born && wire.channelWritable()) {
            wire.push();
        }
        boolean may = mayWrite();
        if (!may && !stopped) {
            stopped = true;
            wire.stopped(this);
        }
        return may;
    }

    @Override
    public boolean mayWrite() {
        return closed || born && waitingBytes() < Wire.MOST_PENDING && wire.channelWritable();
    }

    @Override
    public void becameWritable() {
        stopped = false;
        if (!closed) {
            writable.run();
        }
    }

    void close() {
        closed = true;
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
