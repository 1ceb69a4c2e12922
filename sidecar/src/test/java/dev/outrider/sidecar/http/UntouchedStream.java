package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A stream that fails whoever touches it: filters on heads have no business with bodies.
 *
 * @param known null: nor with the loop
 */
public record UntouchedStream(@Nullable EventLoop known) implements ServerStream {
    public UntouchedStream() {
        this(null);
    }

    @Override
    public EventLoop loop() {
        if (known == null) {
            throw untouched();
        }
        return known;
    }

    private static UnsupportedOperationException untouched() {
        return new UnsupportedOperationException("a filter on heads must not touch the stream");
    }

    @Override
    public void receive(BodySink sink) {
        throw untouched();
    }

    @Override
    public void pause() {
        throw untouched();
    }

    @Override
    public void resume() {
        throw untouched();
    }

    @Override
    public void informational(ResponseHead head) {
        throw untouched();
    }

    @Override
    public void respond(ResponseHead head, boolean last) {
        throw untouched();
    }

    @Override
    public void data(ByteBuf chunk) {
        chunk.release();
        throw untouched();
    }

    @Override
    public void end(Headers trailers) {
        throw untouched();
    }

    @Override
    public void flush() {
        throw untouched();
    }

    @Override
    public void reset(StreamError error) {
        throw untouched();
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void listener(Listener listener) {
        throw untouched();
    }
}
