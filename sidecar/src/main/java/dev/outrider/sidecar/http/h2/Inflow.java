package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body that comes in on one stream. Bytes are given back to the peer's window when the sink has
 * taken them and has not paused; so what the peer can have sent beyond is one stream window, and
 * that is copied into one buffer rather than kept as slices of what it was read with.
 */
final class Inflow {
    private final Wire wire;
    private final Http2Stream stream;
    private @Nullable BodySink sink;
    private @Nullable ByteBuf held;

    /** Delivered while the sink was pausing, and not yet given back. */
    private int owed;

    private boolean paused;
    private boolean delivering;
    private boolean discarding;
    private boolean complete;
    private boolean ended;
    private boolean over;
    private Headers trailers = Headers.EMPTY;

    Inflow(Wire wire, Http2Stream stream) {
        this.wire = wire;
        this.stream = stream;
    }

    /** Whether a byte may come and nobody here keeps it from coming. */
    boolean expecting() {
        return !complete && sink != null && !paused && !discarding;
    }

    /** Whether the peer has sent all it will. */
    boolean complete() {
        return complete;
    }

    /** Whether the sink has had its end, or wants nothing more. */
    boolean over() {
        return over;
    }

    void receive(BodySink sink) {
        this.sink = sink;
        deliver();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            deliver();
        }
    }

    /** The peer has sent its last byte; marked before that byte is delivered. */
    void last() {
        complete = true;
    }

    /** Borrows {@code data}; returns how many of its bytes go back to the peer's window now. */
    int data(ByteBuf data) {
        int size = data.readableBytes();
        BodySink to = sink;
        if (size == 0 || discarding) {
            return size;
        }
        if (to == null || paused || delivering || held != null) {
            hold(data);
            return 0;
        }
        wire.touched(this);
        delivering = true;
        to.data(data.retain());
        delivering = false;
        if (paused && !discarding) {
            owed += size;
            return 0;
        }
        return size;
    }

    private void hold(ByteBuf data) {
        ByteBuf to = held;
        if (to == null) {
            to = data.alloc().buffer(data.readableBytes());
            held = to;
        }
        to.writeBytes(data, data.readerIndex(), data.readableBytes());
    }

    /** All has come; {@link #last} was said. */
    void end(Headers trailers) {
        this.trailers = trailers;
        ended = true;
        deliver();
    }

    private void deliver() {
        BodySink to = sink;
        if (to == null || delivering || discarding || over) {
            return;
        }
        delivering = true;
        boolean flush = false;
        while (held != null && !paused) {
            ByteBuf chunk = held;
            held = null;
            owed += chunk.readableBytes();
            flush = true;
            to.data(chunk);
        }
        delivering = false;
        if (!paused) {
            giveBack();
        }
        if (discarding || over || paused) {
            return;
        }
        if (complete && ended) {
            over = true;
            to.end(trailers);
        } else if (flush) {
            to.flush();
        }
    }

    private void giveBack() {
        int size = owed;
        owed = 0;
        if (size > 0) {
            wire.giveBack(stream, size);
        }
    }

    /** Nobody wants the rest: it is read over, and the window is not. */
    void discard() {
        discarding = true;
        over = true;
        if (held != null) {
            owed += held.readableBytes();
            held.release();
            held = null;
        }
        giveBack();
    }

    /** Tells the sink that its body will not be completed, and discards the rest. */
    void abort(StreamError error) {
        BodySink to = over ? null : sink;
        discard();
        if (to != null) {
            to.abort(error);
        }
    }

    /** The burst of frames is over. */
    void flush() {
        if (sink != null && !over) {
            sink.flush();
        }
    }
}
