package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** One exchange on an HTTP/1 connection: writes its response, and is deaf once it is over. */
final class H1ServerStream implements ServerStream, ChannelFutureListener {
    /** Stands for a head that could not be read. */
    private static final RequestHead UNREAD =
            new RequestHead("-", "-", "-", Headers.EMPTY, BodyLength.NONE);

    private final H1ServerConnection connection;
    private final ChannelHandlerContext ctx;
    private final RequestHead request;

    /** Whether a tunnel's bytes go in chunks, which the client has offered. */
    private final boolean framed;

    private @Nullable BodySink sink;
    private @Nullable Listener listener;
    private boolean paused;
    private boolean chunked;
    private boolean tunnel;
    private boolean close;
    private boolean dirty;

    H1ServerStream(H1ServerConnection connection, ChannelHandlerContext ctx, RequestHead request) {
        this.connection = connection;
        this.ctx = ctx;
        this.request = request;
        this.framed =
                request.asksTunnel()
                        && Framing.takeTunnelChunks(request.headers())
                        && connection.secure();
    }

    /** For the answer to what was no request. */
    static H1ServerStream ofUnreadHead(H1ServerConnection connection, ChannelHandlerContext ctx) {
        return new H1ServerStream(connection, ctx, UNREAD);
    }

    @Nullable BodySink sink() {
        return sink;
    }

    boolean paused() {
        return paused;
    }

    Headers requestHeaders() {
        return request.headers();
    }

    private boolean http10() {
        return request.version() == HttpVersion.HTTP_1_0;
    }

    private boolean over() {
        return !connection.isCurrent(this);
    }

    @Override
    public EventLoop loop() {
        return ctx.channel().eventLoop();
    }

    @Override
    public void receive(BodySink sink) {
        this.sink = sink;
        if (!over()) {
            connection.receive(sink);
        }
    }

    @Override
    public void pause() {
        paused = true;
        if (!over()) {
            connection.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (!over()) {
            connection.resume();
        }
    }

    @Override
    public void informational(ResponseHead head) {
        if (!over() && !http10()) {
            ctx.write(HeadWriter.response(ctx.alloc(), head, HeadWriter.Ending.STATED, false));
            dirty = true;
        }
    }

    @Override
    public void respond(ResponseHead head, boolean last) {
        if (over()) {
            return;
        }
        dirty = true;
        if (request.tunnels(head.status())) {
            tunnel(head);
            if (last) {
                finish();
            }
            return;
        }
        boolean unknown = !last && head.bodyLength() == BodyLength.UNKNOWN;
        chunked = unknown && !http10();
        close = connection.lastResponse() || unknown && http10();
        HeadWriter.Ending ending =
                chunked
                        ? HeadWriter.Ending.CHUNKED
                        : needsLength(head) ? HeadWriter.Ending.EMPTY : HeadWriter.Ending.STATED;
        write(HeadWriter.response(ctx.alloc(), head, ending, close));
        if (last) {
            finish();
        }
    }

    /** A head without a body says so, unless its status or the method implies it. */
    private boolean needsLength(ResponseHead head) {
        int status = head.status();
        return head.bodyLength() == BodyLength.NONE
                && !request.method().equals("HEAD")
                && status != 204
                && status != 304
                && !head.headers().contains("content-length");
    }

    /** From here on bytes go both ways as they are, and the connection ends with them. */
    private void tunnel(ResponseHead head) {
        String protocol = request.upgrade();
        close = true;
        tunnel = true;
        chunked = framed;
        HeadWriter.Ending ending =
                framed ? HeadWriter.Ending.TUNNEL_CHUNKED : HeadWriter.Ending.STATED;
        ctx.write(
                protocol == null
                        ? HeadWriter.response(ctx.alloc(), head, ending, false)
                        : HeadWriter.switching(ctx.alloc(), head, protocol, ending));
        connection.tunnel(framed);
    }

    @Override
    public void data(ByteBuf chunk) {
        if (over() || !chunk.isReadable()) {
            chunk.release();
            return;
        }
        dirty = true;
        if (chunked) {
            write(HeadWriter.chunkSize(ctx.alloc(), chunk.readableBytes()));
            write(chunk);
            write(HeadWriter.chunkEnd(ctx.alloc()));
        } else if (tunnel) {
            // A TLS engine may have ended our direction together with the client's.
            ctx.write(chunk).addListener(this);
        } else {
            write(chunk);
        }
    }

    /**
     * Nobody waits for it: a write that fails is the connection's failure, like a read that does.
     */
    private void write(ByteBuf bytes) {
        ctx.write(bytes, ctx.voidPromise());
    }

    /** Bytes of a tunnel have left, or could not. */
    @Override
    public void operationComplete(ChannelFuture written) {
        if (!written.isSuccess() && !over()) {
            connection.broken(String.valueOf(written.cause().getMessage()));
        }
    }

    @Override
    public void end(Headers trailers) {
        if (over()) {
            return;
        }
        if (chunked) {
            write(HeadWriter.lastChunk(ctx.alloc(), trailers));
            dirty = true;
        }
        finish();
    }

    private void finish() {
        Listener told = listener;
        flush();
        if (over()) {
            return;
        }
        if (told != null) {
            told.onClosed(null);
        }
        connection.finished(close);
    }

    @Override
    public void flush() {
        if (dirty) {
            dirty = false;
            ctx.flush();
        }
    }

    @Override
    public void reset(StreamError error) {
        if (!over()) {
            connection.abandoned();
            closed(error);
        }
    }

    @Override
    public boolean writable() {
        return ctx.channel().isWritable();
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }

    void becameWritable() {
        if (listener != null) {
            listener.onWritable();
        }
    }

    void closed(StreamError error) {
        if (listener != null) {
            listener.onClosed(error);
        }
    }
}
