package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pipes a request's body to the attempt under way and keeps what a further attempt would need, up
 * to 64 KiB a request and 16 MiB a loop; beyond that the retry is given up, not the request.
 * Nothing is read before the first attempt has its stream. Reading pauses while the attempt cannot
 * take more, and between attempts.
 */
final class RequestBody implements BodySink {
    private static final int MOST_KEPT = 64 * 1024;
    private static final int SMALL = 1024;
    private static final int GATHERED = 4096;
    private static final long MOST_KEPT_PER_LOOP = 16L * 1024 * 1024;

    private final Worker worker;
    private final Exchange exchange;
    private final BodySource source;
    private final CallClocks clocks;
    private final Consumer<StreamError> broken;

    private @Nullable ClientStream target;
    private @Nullable List<ByteBuf> kept;
    private int keptBytes;

    /** The last of those kept, if it is ours to append to. */
    private @Nullable ByteBuf tail;

    private final @Nullable FirstMessage firstMessage;
    private boolean asked;
    private boolean overflowed;
    private boolean complete;
    private boolean paused;
    private Headers trailers = Headers.EMPTY;

    /**
     * @param keep whether a retry may come
     * @param broken told when the client does not complete the body
     */
    RequestBody(
            Worker worker,
            Exchange exchange,
            CallClocks clocks,
            boolean keep,
            Consumer<StreamError> broken) {
        this.worker = worker;
        this.exchange = exchange;
        this.source = exchange.body();
        this.clocks = clocks;
        this.broken = broken;
        this.firstMessage = keep && exchange.grpc() ? new FirstMessage() : null;
        this.kept = keep ? new ArrayList<>(2) : null;
        this.overflowed = !keep;
    }

    /** The body of the exchange's request; null if it has none before its answer. */
    static @Nullable RequestBody of(
            Worker worker,
            Exchange exchange,
            CallClocks clocks,
            boolean keep,
            Consumer<StreamError> broken) {
        RequestHead request = exchange.request();
        return request.bodyLength() == BodyLength.NONE || request.asksTunnel()
                ? null
                : new RequestBody(worker, exchange, clocks, keep, broken);
    }

    /** What it means for the exchange that the client did not complete the body. */
    static Failure failure(StreamError error) {
        String reason = error.detail();
        return switch (error.kind()) {
            case TOO_LARGE -> new Failure.BadRequest(413, "body-too-large", reason);
            case TRAILERS_TOO_LARGE -> new Failure.BadRequest(431, "trailers-too-long", reason);
            case TIMED_OUT -> new Failure.BadRequest(408, "slow-body", reason);
            case PROTOCOL, REFUSED, UNSUPPORTED, TLS ->
                    new Failure.BadRequest(400, "bad-body", reason);
            case CLOSED, RESET, CANCELLED -> new Failure.ClientGone(reason, true);
        };
    }

    /** Whether the whole body can be sent once more. */
    boolean replayable() {
        return !asked || !overflowed;
    }

    /** Whether all of it has come. */
    boolean complete() {
        return complete;
    }

    /** Whether it is the client who keeps the request from going on. */
    boolean awaitsClient() {
        return asked && !complete && !paused;
    }

    /** Sends what has come, and what will come, to an attempt whose head is written. */
    void attach(ClientStream stream) {
        target = stream;
        if (kept != null) {
            for (ByteBuf chunk : kept) {
                stream.data(chunk.retainedDuplicate());
            }
        }
        if (complete) {
            stream.end(trailers);
        } else if (asked) {
            stream.flush();
            adjust();
        } else {
            asked = true;
            source.receive(this);
            if (target != null && !complete) {
                stream.flush();
            }
        }
    }

    /** The attempt is over; the client waits until the next one. */
    void detach() {
        target = null;
        if (asked && !complete) {
            adjust();
        }
    }

    /** No retry will follow: what was kept is let go. */
    void forget() {
        overflowed = true;
        if (kept != null) {
            worker.replayBytes -= keptBytes;
            kept.forEach(ByteBuf::release);
            kept = null;
            tail = null;
        }
    }

    /** The attempt can take more, or no more. */
    void adjust() {
        boolean hold = target == null || !target.writable();
        if (hold != paused) {
            paused = hold;
            if (hold) {
                source.pause();
            } else {
                source.resume();
            }
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        exchange.countRequest(chunk.readableBytes());
        clocks.active();
        keep(chunk);
        if (target == null) {
            chunk.release();
        } else {
            target.data(chunk);
            adjust();
        }
    }

    private void keep(ByteBuf chunk) {
        List<ByteBuf> chunks = kept;
        if (chunks == null) {
            return;
        }
        if (firstMessage != null) {
            firstMessage.came(chunk);
        }
        int size = chunk.readableBytes();
        if (keptBytes + size > MOST_KEPT || worker.replayBytes + size > MOST_KEPT_PER_LOOP) {
            forget();
            return;
        }
        if (size < SMALL) {
            gather(chunks, chunk);
        } else {
            tail = null;
            chunks.add(chunk.retainedDuplicate());
        }
        keptBytes += size;
        worker.replayBytes += size;
    }

    /**
     * Copies a small piece: by reference it would hold the whole buffer that it was read into, and
     * a client that sends single bytes could fill the memory with those.
     */
    private void gather(List<ByteBuf> chunks, ByteBuf chunk) {
        ByteBuf last = tail;
        if (last == null || last.writableBytes() < chunk.readableBytes()) {
            last = chunk.alloc().buffer(GATHERED);
            tail = last;
            chunks.add(last);
        }
        last.writeBytes(chunk, chunk.readerIndex(), chunk.readableBytes());
    }

    @Override
    public void end(Headers trailers) {
        complete = true;
        this.trailers = trailers;
        if (target != null) {
            target.end(trailers);
        }
    }

    @Override
    public void abort(StreamError error) {
        broken.accept(error);
    }

    @Override
    public void flush() {
        if (firstMessage != null && !complete && firstMessage.whole()) {
            // The end of a unary call comes with its message; what goes on is a stream, which is
            // not kept.
            forget();
        }
        if (target != null) {
            target.flush();
        }
    }
}
