package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes down what goes to the client, and ends as a real stream does. */
final class RecordingStream implements ServerStream {
    final StringBuilder log = new StringBuilder();
    private final EventLoop loop;
    private @Nullable Listener listener;
    private boolean over;

    RecordingStream(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void receive(BodySink sink) {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void informational(ResponseHead head) {
        log.append(head.status()).append(' ');
    }

    @Override
    public void respond(ResponseHead head, boolean last) {
        if (!over) {
            log.append(head.status()).append(' ');
            if (last) {
                finish(null);
            }
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        if (!over) {
            log.append(chunk.toString(StandardCharsets.US_ASCII)).append(' ');
        }
        chunk.release();
    }

    @Override
    public void end(Headers trailers) {
        if (!over) {
            finish(null);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void reset(StreamError error) {
        if (!over) {
            log.append("reset ");
            finish(error);
        }
    }

    /** As when the client goes away. */
    void gone() {
        finish(new StreamError(StreamError.Kind.CLOSED, "gone"));
    }

    private void finish(@Nullable StreamError error) {
        over = true;
        if (listener != null) {
            listener.onClosed(error);
        }
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }
}
