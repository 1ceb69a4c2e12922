package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One exchange on an HTTP/2 connection; deaf once it is over. */
final class H2ServerStream implements ServerStream, StreamEvents.Stream {
    private final Wire wire;
    private final Http2Stream stream;
    private final Inflow inflow;
    private final Outflow outflow;
    private final @Nullable RequestHead request;

    /** Whether each body has an end of its own; until the response says so, whether it might. */
    private boolean tunnel;

    /** Bytes the body still has by its content-length, or {@link BodyLength#UNKNOWN}. */
    private long left;

    private long received;
    private @Nullable Listener listener;
    private @Nullable StreamError error;
    private boolean headSent;
    private boolean bodiless;
    private boolean ended;
    private boolean over;
    private int silentSweeps;
    private int stuckSweeps;

    /**
     * @param request null when what came was no request
     */
    H2ServerStream(Wire wire, Http2Stream stream, @Nullable RequestHead request) {
        this.wire = wire;
        this.stream = stream;
        this.inflow = new Inflow(wire, stream);
        this.outflow = new Outflow(wire, stream.id(), true, this::becameWritable);
        this.request = request;
        this.tunnel =
                request != null
                        && (request.upgrade() != null || request.method().equals("CONNECT"));
        this.left = request == null || tunnel ? BodyLength.UNKNOWN : request.bodyLength();
    }

    // ---- what the connection tells

    /** Borrows {@code data}; returns how many of its bytes go back to the peer's window now. */
    int received(ByteBuf data, boolean last, long limit) throws Http2Exception {
        int size = data.readableBytes();
        received += size;
        silentSweeps = 0;
        if (left != BodyLength.UNKNOWN) {
            left -= size;
            boolean right = last ? left == 0 : left >= 0;
            Heads.check(stream.id(), right, "the body is not as long as content-length says");
        }
        if (received > limit) {
            inflow.abort(
                    new StreamError(
                            StreamError.Kind.TOO_LARGE, "the body is over " + limit + " bytes"));
        }
        if (last) {
            inflow.last();
        }
        int back = inflow.data(data);
        if (last) {
            inflow.end(Headers.EMPTY);
        }
        return back;
    }

    /** The request is complete. */
    void requestEnd(Headers trailers) throws Http2Exception {
        Heads.check(stream.id(), left <= 0, "the body is shorter than content-length says");
        inflow.last();
        inflow.end(trailers);
    }

    /** Nobody will be asked to take the body. */
    void discard() {
        inflow.discard();
    }

    @Override
    public void failing(StreamError error) {
        if (this.error == null) {
            this.error = error;
        }
    }

    /** END_STREAM is written. */
    void responseWritten() {
        if (!inflow.complete() && !over) {
            // RFC 9113, section 8.1: the client need not send the rest; of a tunnel neither, since
            // whoever listened to it has gone.
            over(null);
            wire.reset(stream, Http2Error.NO_ERROR.code());
        }
    }

    @Override
    public void closed() {
        boolean whole = ended && error == null;
        over(whole ? null : gone());
    }

    private StreamError gone() {
        StreamError known = error;
        return known == null
                ? new StreamError(StreamError.Kind.RESET, "the stream was closed")
                : known;
    }

    private void over(@Nullable StreamError error) {
        if (over) {
            return;
        }
        over = true;
        outflow.close();
        inflow.discard();
        if (listener != null) {
            listener.onClosed(error);
        }
    }

    /**
     * Looks for what has not moved; called at a steady pace.
     *
     * @param most sweeps in which a body of known length may be silent
     * @param mostOpen the same for a stream whose length nobody knows
     */
    void sweep(int most, int mostOpen) {
        boolean moved = outflow.moved();
        stuckSweeps = outflow.waiting() && !moved ? stuckSweeps + 1 : 0;
        silentSweeps = inflow.expecting() && !moved && !tunnel ? silentSweeps + 1 : 0;
        if (stuckSweeps > most) {
            reset(new StreamError(StreamError.Kind.TIMED_OUT, "the client stopped reading"));
        } else if (silentSweeps > (left >= 0 && !headSent ? most : mostOpen)) {
            inflow.abort(new StreamError(StreamError.Kind.TIMED_OUT, "no body byte came"));
        }
    }

    @Override
    public void pending(long bytes) {
        outflow.pending(bytes);
    }

    private void becameWritable() {
        if (listener != null) {
            listener.onWritable();
        }
    }

    // ---- what the exchange asks

    @Override
    public EventLoop loop() {
        return wire.ctx().channel().eventLoop();
    }

    @Override
    public void receive(BodySink sink) {
        if (!over) {
            inflow.receive(sink);
        }
    }

    @Override
    public void pause() {
        inflow.pause();
    }

    @Override
    public void resume() {
        inflow.resume();
    }

    @Override
    public void informational(ResponseHead head) {
        if (!over && !headSent) {
            outflow.head(wire.block().response(head), false);
            wire.flushSoon();
        }
    }

    @Override
    public void respond(ResponseHead head, boolean last) {
        if (over || headSent) {
            return;
        }
        headSent = true;
        ended = last;
        int status = head.status();
        boolean asked = tunnel;
        tunnel = request != null && request.tunnels(status);
        boolean toHead = request != null && request.method().equals("HEAD");
        bodiless = toHead || status == 204 || status == 304;
        // RFC 8441, section 4: any 2xx would accept the tunnel that nobody opened.
        boolean misread = asked && !tunnel && status >= 200 && status < 300;
        ResponseHead sent =
                misread ? new ResponseHead(501, head.headers(), head.bodyLength()) : head;
        outflow.head(wire.block().response(sent), last);
        wire.flushSoon();
    }

    @Override
    public void data(ByteBuf chunk) {
        if (over || ended || bodiless || !headSent || !chunk.isReadable()) {
            chunk.release();
        } else {
            outflow.data(chunk);
        }
    }

    @Override
    public void end(Headers trailers) {
        if (over || ended || !headSent) {
            return;
        }
        ended = true;
        if (trailers.size() == 0) {
            outflow.end();
        } else {
            outflow.head(wire.block().trailers(trailers), true);
        }
        wire.flushSoon();
    }

    @Override
    public void flush() {
        if (!over) {
            wire.flushSoon();
        }
    }

    @Override
    public void reset(StreamError error) {
        if (!over) {
            over(error);
            wire.reset(stream, code(error.kind()).code());
        }
    }

    private Http2Error code(StreamError.Kind kind) {
        return switch (kind) {
            case REFUSED -> headSent ? Http2Error.INTERNAL_ERROR : Http2Error.REFUSED_STREAM;
            case CANCELLED, TIMED_OUT -> Http2Error.CANCEL;
            case CLOSED, RESET, PROTOCOL, TLS, UNSUPPORTED, TOO_LARGE, TRAILERS_TOO_LARGE ->
                    Http2Error.INTERNAL_ERROR;
        };
    }

    @Override
    public boolean writable() {
        return outflow.writable();
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }
}
