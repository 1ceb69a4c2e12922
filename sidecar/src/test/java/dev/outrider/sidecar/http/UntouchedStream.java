package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** A stream that only has a loop: the filters of this package never touch bodies. */
record FakeServerStream(EventLoop loop) implements ServerStream {
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
