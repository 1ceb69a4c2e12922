package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Leaves each request to the test. */
final class HeldHandler implements RequestHandler {
    final Queue<Held> requests = new ConcurrentLinkedQueue<>();
    final Queue<String> refused = new ConcurrentLinkedQueue<>();

    /** One request; counts what its body brings. */
    static final class Held implements BodySink, ServerStream.Listener {
        final RequestHead head;
        final ServerStream stream;
        final AtomicLong received = new AtomicLong();
        volatile boolean ended;
        volatile boolean closed;
        volatile @Nullable StreamError error;

        Held(RequestHead head, ServerStream stream) {
            this.head = head;
            this.stream = stream;
        }

        void run(Runnable task) {
            stream.loop().submit(task).syncUninterruptibly();
        }

        @Override
        public void data(ByteBuf chunk) {
            received.addAndGet(chunk.readableBytes());
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {
            ended = true;
        }

        @Override
        public void abort(StreamError error) {
            this.error = error;
        }

        @Override
        public void flush() {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(@Nullable StreamError error) {
            this.error = error;
            closed = true;
        }
    }

    @Override
    public void request(RequestHead head, ServerStream stream) {
        Held held = new Held(head, stream);
        stream.listener(held);
        requests.add(held);
    }

    @Override
    public void malformed(int status, String reason, String sentence, ServerStream stream) {
        refused.add(status + " " + reason);
        stream.respond(new ResponseHead(status, new Headers(), 0), true);
    }
}
