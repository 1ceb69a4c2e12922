package dev.outrider.sidecar.body;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a body's source and who asked for it. After {@link #giveUp} the sink hears nothing
 * more, as a {@link BodySink} may expect, and what still comes is released.
 */
abstract class BodyStage implements BodySource, BodySink {
    private final BodySource source;
    private @Nullable BodySink sink;
    private boolean over;

    BodyStage(BodySource source) {
        this.source = source;
    }

    @Override
    public final void receive(BodySink sink) {
        this.sink = sink;
        source.receive(this);
    }

    @Override
    public final void pause() {
        source.pause();
    }

    @Override
    public final void resume() {
        source.resume();
    }

    /** Who gets what this stage lets pass. */
    final BodySink sink() {
        return Objects.requireNonNull(sink);
    }

    final void giveUp(StreamError error) {
        over = true;
        sink().abort(error);
    }

    @Override
    public final void data(ByteBuf chunk) {
        if (over) {
            chunk.release();
        } else {
            pass(chunk);
        }
    }

    @Override
    public final void end(Headers trailers) {
        if (!over) {
            over = true;
            passEnd(trailers);
        }
    }

    @Override
    public final void abort(StreamError error) {
        if (!over) {
            giveUp(error);
        }
    }

    @Override
    public final void flush() {
        if (!over) {
            passFlush();
        }
    }

    /** Owns {@code chunk}. */
    abstract void pass(ByteBuf chunk);

    void passEnd(Headers trailers) {
        sink().end(trailers);
    }

    void passFlush() {
        sink().flush();
    }
}
