package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** One attempt on an HTTP/1 connection: writes its request, and is deaf once it is over. */
final class H1ClientStream implements ClientStream, ChannelFutureListener {
    private final H1ClientConnection connection;
    private final ChannelHandlerContext ctx;
    private final Listener listener;
    private boolean chunked;
    private @Nullable RequestHead request;
    private boolean tunnel;
    private boolean headSent;
    private boolean requestComplete;
    private boolean paused;

    H1ClientStream(H1ClientConnection connection, ChannelHandlerContext ctx, Listener listener) {
        this.connection = connection;
        this.ctx = ctx;
        this.listener = listener;
    }

    Listener listener() {
        return listener;
    }

    RequestHead request() {
        return java.util.Objects.requireNonNull(request);
    }

    /** The upstream has switched protocols: what follows goes as it is, until an end. */
    void tunnel(boolean framed) {
        tunnel = true;
        chunked = framed;
        requestComplete = false;
    }

    boolean isTunnel() {
        return tunnel;
    }

    boolean requestComplete() {
        return requestComplete;
    }

    boolean paused() {
        return paused;
    }

    /** The connection has ended: what is left must go out now. */
    void unpause() {
        paused = false;
    }

    private boolean over() {
        return !connection.isCurrent(this);
    }

    @Override
    public void request(RequestHead head, boolean last) {
        request = head;
        chunked = !last && HeadWriter.chunked(head);
        requestComplete = last;
        boolean offered = false;
        if (head.asksTunnel()) {
            head.headers().remove(Framing.TUNNEL);
            offered = connection.secure();
        }
        ctx.write(HeadWriter.request(ctx.alloc(), head, offered)).addListener(this);
    }

    /**
     * The head's write is over. When it failed, at the most a part of the head has left, and a
     * server cannot have acted on that: nothing was sent.
     */
    @Override
    public void operationComplete(ChannelFuture written) {
        headSent = written.isSuccess();
        if (!headSent && !over()) {
            Throwable cause = written.cause();
            connection.fail(new StreamError(StreamError.Kind.RESET, String.valueOf(cause)));
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        if (over() || !chunk.isReadable()) {
            chunk.release();
        } else if (chunked) {
            ctx.write(HeadWriter.chunkSize(ctx.alloc(), chunk.readableBytes()));
            ctx.write(chunk);
            ctx.write(HeadWriter.chunkEnd(ctx.alloc()));
        } else {
            ctx.write(chunk);
        }
    }

    @Override
    public void end(Headers trailers) {
        if (!over()) {
            requestComplete = true;
            if (chunked) {
                ctx.write(HeadWriter.lastChunk(ctx.alloc(), trailers));
            }
            ctx.flush();
            if (tunnel && !chunked) {
                connection.endOutput();
            }
        }
    }

    @Override
    public void abort(StreamError error) {
        cancel(error);
    }

    @Override
    public void cancel(StreamError error) {
        if (!over()) {
            connection.cancelled(this);
        }
    }

    @Override
    public void flush() {
        if (!over()) {
            ctx.flush();
        }
    }

    @Override
    public boolean writable() {
        return ctx.channel().isWritable();
    }

    @Override
    public void pause() {
        if (!paused && !over()) {
            paused = true;
            connection.pauseReading();
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            if (!over()) {
                connection.resumeReading();
            }
        }
    }

    void failed(StreamError error) {
        listener.onError(error, headSent);
    }
}
