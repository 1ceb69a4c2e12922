package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps what a client's stream hears; written on the loop, read by the test. */
final class Recorder implements ClientStream.Listener {
    private final EventLoop loop;
    private final StringBuffer body = new StringBuffer();
    final AtomicLong received = new AtomicLong();
    final List<Integer> informational = new CopyOnWriteArrayList<>();
    private volatile @Nullable ResponseHead head;
    private volatile @Nullable Headers trailers;
    private volatile @Nullable StreamError error;
    volatile boolean sent;
    volatile boolean done;
    volatile boolean writable;
    volatile boolean flushed;
    private volatile @Nullable ClientStream stream;

    Recorder(EventLoop loop) {
        this.loop = loop;
    }

    void stream(ClientStream stream) {
        this.stream = stream;
    }

    ClientStream stream() {
        return java.util.Objects.requireNonNull(stream);
    }

    String body() {
        return body.toString();
    }

    Headers headers() {
        return java.util.Objects.requireNonNull(head).headers();
    }

    Headers trailers() {
        return java.util.Objects.requireNonNull(trailers);
    }

    @Nullable StreamError error() {
        return error;
    }

    StreamError.@Nullable Kind failed() {
        StreamError got = error;
        return got == null ? null : got.kind();
    }

    int status() {
        ResponseHead got = head;
        return got == null ? 0 : got.status();
    }

    void data(String text) {
        loop.submit(
                        () -> {
                            stream().data(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
                            stream().flush();
                        })
                .syncUninterruptibly();
    }

    void finish(Headers trailers) {
        loop.submit(() -> stream().end(trailers)).syncUninterruptibly();
    }

    void pauseReading() {
        loop.submit(() -> stream().pause()).syncUninterruptibly();
    }

    void resumeReading() {
        loop.submit(() -> stream().resume()).syncUninterruptibly();
    }

    void cancel() {
        loop.submit(() -> stream().cancel(new StreamError(StreamError.Kind.CANCELLED, "test")))
                .syncUninterruptibly();
    }

    @Override
    public void onInformational(ResponseHead head) {
        informational.add(head.status());
    }

    @Override
    public void onResponse(ResponseHead head, boolean last) {
        this.head = head;
        done = last;
    }

    @Override
    public void data(ByteBuf chunk) {
        received.addAndGet(chunk.readableBytes());
        if (body.length() < 4096) {
            body.append(chunk.toString(StandardCharsets.US_ASCII));
        }
        chunk.release();
    }

    @Override
    public void end(Headers trailers) {
        this.trailers = trailers;
        done = true;
    }

    @Override
    public void flush() {
        flushed = true;
    }

    @Override
    public void onWritable() {
        writable = true;
    }

    @Override
    public void onError(StreamError error, boolean sent) {
        this.sent = sent;
        this.error = error;
        done = true;
    }
}
