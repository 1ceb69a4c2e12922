package dev.outrider.sidecar.body;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that has its request ready and throws the answer away; it hangs up when that is too long
 * in coming or in itself.
 */
final class MirrorStream implements ServerStream {
    /** More is not worth reading to keep a connection. */
    private static final long MOST_READ = 1024 * 1024;

    private final EventLoop loop;
    private final byte[] body;
    private final int length;
    private final Runnable atEnd;
    private final Future<?> timeout;
    private @Nullable Listener listener;
    private long read;
    private boolean over;

    /**
     * @param atEnd run once, when the exchange is over
     */
    MirrorStream(EventLoop loop, byte[] body, int length, Duration timeout, Runnable atEnd) {
        this.loop = loop;
        this.body = body;
        this.length = length;
        this.atEnd = atEnd;
        this.timeout =
                loop.schedule(
                        () -> hangUp("the mirror took too long"),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void receive(BodySink sink) {
        if (length > 0) {
            sink.data(Unpooled.wrappedBuffer(body, 0, length));
        }
        sink.end(Headers.EMPTY);
    }

    /** There is only one piece of it. */
    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void respond(ResponseHead head, boolean last) {
        if (last) {
            close(null);
        } else if (head.events()) {
            hangUp("the mirror's answer has no end");
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        read += chunk.readableBytes();
        chunk.release();
        if (read > MOST_READ) {
            hangUp("the mirror's answer is too long");
        }
    }

    @Override
    public void end(Headers trailers) {
        close(null);
    }

    @Override
    public void flush() {}

    @Override
    public void reset(StreamError error) {
        close(error);
    }

    private void hangUp(String why) {
        close(new StreamError(StreamError.Kind.CANCELLED, why));
    }

    private void close(@Nullable StreamError error) {
        if (over) {
            return;
        }
        over = true;
        timeout.cancel(false);
        atEnd.run();
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
