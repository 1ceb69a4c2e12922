package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One attempt on an HTTP/2 connection; deaf once it is over. */
final class H2ClientStream implements ClientStream, StreamEvents.Stream, ChannelFutureListener {
    private final H2ClientConnection connection;
    private final Wire wire;
    private final Listener listener;

    private @Nullable RequestHead request;
    private @Nullable RequestHead waitingHead;
    private boolean waitingLast;
    private @Nullable CompositeByteBuf waitingBody;
    private @Nullable Headers waitingTrailers;

    private @Nullable Outflow outflow;
    private @Nullable Inflow inflow;
    private @Nullable StreamError error;
    private boolean ended;
    private boolean headSent;
    private boolean unprocessed;
    private boolean answered;
    private boolean paused;

    /** Somebody waits to write before there is anything to write to. */
    private boolean asked;

    private boolean over;

    /** Where its connection's list has it; that connection's to set. */
    int place;

    /** Bytes the response's body still has by its content-length, or unknown. */
    private long left = BodyLength.UNKNOWN;

    H2ClientStream(H2ClientConnection connection, Wire wire, Listener listener) {
        this.connection = connection;
        this.wire = wire;
        this.listener = listener;
    }

    // ---- what the attempt asks

    @Override
    public void request(RequestHead head, boolean last) {
        request = head;
        waitingHead = head;
        // What asks for a tunnel must not end the way it asks for.
        waitingLast = last && !head.asksTunnel();
        if (head.upgrade() == null) {
            send();
        } else {
            connection.tunnel(this);
        }
    }

    /** The head goes out now, or as soon as the server allows one more stream. */
    void send() {
        RequestHead head = waitingHead;
        if (over || head == null) {
            return;
        }
        waitingHead = null;
        int id = connection.nextId(this);
        if (id < 0) {
            unprocessed(new StreamError(StreamError.Kind.REFUSED, "the stream ids are used up"));
            return;
        }
        Outflow out = new Outflow(wire, id, false, this::becameWritable);
        outflow = out;
        ended = waitingLast;
        out.head(
                wire.block().request(head, connection.scheme()),
                waitingLast,
                wire.ctx().newPromise().addListener(this));
        if (waitingBody != null) {
            ByteBuf body = waitingBody;
            waitingBody = null;
            data(body);
        }
        if (waitingTrailers != null) {
            end(waitingTrailers);
        }
        if (waitingLast || head.asksTunnel() || asked) {
            wire.flushSoon();
        }
        if (asked) {
            connection.later(this::becameWritable);
        }
    }

    private void becameWritable() {
        if (!over) {
            listener.onWritable();
        }
    }

    /** The head's write is over; when it failed, the server cannot have acted on it. */
    @Override
    public void operationComplete(ChannelFuture written) {
        headSent = written.isSuccess();
        Throwable cause = written.cause();
        if (cause != null && !over) {
            failed(connection.failure() == null ? Failures.of(cause) : connection.failure());
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        Outflow out = outflow;
        if (over || ended || !chunk.isReadable()) {
            chunk.release();
        } else if (out != null) {
            out.data(chunk);
        } else {
            if (waitingBody == null) {
                waitingBody = wire.ctx().alloc().compositeBuffer();
            }
            waitingBody.addComponent(true, chunk);
        }
    }

    @Override
    public void end(Headers trailers) {
        Outflow out = outflow;
        if (over || ended) {
            return;
        }
        if (out == null) {
            waitingTrailers = trailers;
            return;
        }
        ended = true;
        if (trailers.size() == 0) {
            out.end();
        } else {
            out.head(wire.block().trailers(trailers), true);
        }
        wire.flushSoon();
    }

    @Override
    public void abort(StreamError error) {
        cancel(error);
    }

    @Override
    public void cancel(StreamError error) {
        if (!over) {
            finish();
            reset(Http2Error.CANCEL);
            connection.released();
        }
    }

    @Override
    public void flush() {
        if (!over) {
            wire.flushSoon();
        }
    }

    @Override
    public boolean writable() {
        asked |= outflow == null;
        return over || outflow != null && outflow.writable();
    }

    @Override
    public void pause() {
        paused = true;
        if (inflow != null) {
            inflow.pause();
        }
    }

    @Override
    public void resume() {
        paused = false;
        if (inflow != null) {
            inflow.resume();
        }
    }

    // ---- what the connection tells

    @Override
    public void pending(long bytes) {
        if (outflow != null) {
            outflow.pending(bytes);
        }
    }

    /** The stream exists on the connection. */
    void created(Http2Stream stream) {
        Inflow in = new Inflow(wire, stream);
        inflow = in;
        if (paused) {
            in.pause();
        }
        if (outflow != null) {
            outflow.born();
        }
    }

    void head(int id, FieldBlock block, boolean last) throws Http2Exception {
        RequestHead asked = request;
        if (over || asked == null) {
            return;
        }
        if (answered) {
            complete(Heads.trailers(id, block));
            return;
        }
        Heads.check(id, !block.tooMany(), "the response has too many fields");
        ResponseHead head = Heads.response(id, block, asked, last);
        if (head.informational()) {
            listener.onInformational(head);
            return;
        }
        answered = true;
        left = head.bodyLength();
        if (last) {
            finish();
            stopSending();
            connection.released();
            listener.onResponse(head, true);
            return;
        }
        listener.onResponse(head, false);
        if (inflow != null && !over) {
            inflow.receive(new Delivery());
            // A head may be all for now: a stream's server may await what its head makes us send.
            wire.touched(inflow);
        }
    }

    /** Borrows {@code data}; returns how many of its bytes go back to the server's window now. */
    int received(int id, ByteBuf data, boolean last) throws Http2Exception {
        Inflow in = inflow;
        if (over || in == null) {
            return data.readableBytes();
        }
        Heads.check(id, answered, "a body comes before its head");
        if (left != BodyLength.UNKNOWN) {
            left -= data.readableBytes();
            boolean right = last ? left == 0 : left >= 0;
            Heads.check(id, right, "the body is not as long as content-length says");
        }
        if (last) {
            in.last();
        }
        int back = in.data(data);
        if (last) {
            in.end(Headers.EMPTY);
        }
        return back;
    }

    private void complete(Headers trailers) throws Http2Exception {
        Inflow in = inflow;
        if (in != null) {
            Heads.check(id(), left <= 0, "the body is shorter than content-length says");
            in.last();
            in.end(trailers);
        }
    }

    /** The answer is whole: what is left of the request is of no use to anybody. */
    private void stopSending() {
        if (!ended || outflow != null && outflow.waiting()) {
            reset(Http2Error.CANCEL);
        }
    }

    private void reset(Http2Error code) {
        if (outflow != null) {
            connection.reset(outflow.id(), code);
        }
    }

    private void finish() {
        over = true;
        waitingHead = null;
        if (waitingBody != null) {
            waitingBody.release();
            waitingBody = null;
        }
        if (outflow != null) {
            outflow.close();
        }
        if (inflow != null) {
            inflow.discard();
        }
        connection.finished(this);
    }

    @Override
    public void failing(StreamError error) {
        if (this.error == null) {
            this.error = error;
        }
    }

    /** The server takes streams up to {@code last} only; the others are as good as unsent. */
    void goingAway(int last, StreamError error) {
        if (outflow == null || outflow.id() > last) {
            unprocessed(error);
        }
    }

    /** The server says that it did nothing about it. */
    void unprocessed(StreamError error) {
        unprocessed = true;
        failed(error);
    }

    @Override
    public void closed() {
        if (over || inflow != null && inflow.complete()) {
            // The answer may still be on its way to a listener that has paused.
            return;
        }
        StreamError known = error;
        failed(
                known == null
                        ? new StreamError(StreamError.Kind.RESET, "the stream was closed")
                        : known);
    }

    /** The connection is gone; an answer that has all come is still one. */
    void lost(StreamError error) {
        if (inflow != null && inflow.complete()) {
            inflow.resume();
        }
        failed(error);
    }

    /** The stream of this id, if its head was written or is held back. */
    int id() {
        return outflow == null ? 0 : outflow.id();
    }

    void failed(StreamError error) {
        if (!over) {
            finish();
            connection.released();
            listener.onError(error, headSent && !unprocessed);
        }
    }

    /** The response's body on its way to the listener. */
    private final class Delivery implements dev.outrider.sidecar.http.BodySink {
        @Override
        public void data(ByteBuf chunk) {
            if (over) {
                chunk.release();
            } else {
                listener.data(chunk);
            }
        }

        @Override
        public void end(Headers trailers) {
            if (!over) {
                finish();
                stopSending();
                connection.released();
                listener.end(trailers);
            }
        }

        @Override
        public void abort(StreamError error) {
            failed(error);
        }

        @Override
        public void flush() {
            if (!over) {
                listener.flush();
            }
        }
    }
}
