package dev.outrider.certs.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response body that goes on for minutes, read line by line with a deadline for each. One portion
 * is asked for at a time, so that a reader that is slow slows the server down instead of filling
 * the memory. Read by one thread; closed by any, which wakes the reader.
 */
final class LineStream implements BodySubscriber<LineStream>, AutoCloseable {
    private final BlockingQueue<Portion> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<LineStream> ready = CompletableFuture.completedFuture(this);
    private final Deque<ByteBuffer> unread = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;

    private sealed interface Portion {
        record Bytes(List<ByteBuffer> buffers) implements Portion {}

        record End(@Nullable Throwable failure) implements Portion {}
    }

    @Override
    public CompletionStage<LineStream> getBody() {
        return ready;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrived.add(new Portion.Bytes(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        arrived.add(new Portion.End(failure));
    }

    @Override
    public void onComplete() {
        arrived.add(new Portion.End(null));
    }

    /** The next line without its end; null after the last. A last line may lack its end. */
    byte @Nullable [] line(Duration wait, int longest)
            throws IOException, TimeoutException, InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (!unread.isEmpty()) {
                if (take(unread.peek(), line, longest)) {
                    return line.toByteArray();
                }
                unread.remove();
            }
            if (!refill(until - System.nanoTime())) {
                return line.size() == 0 ? null : line.toByteArray();
            }
        }
    }

    /** What else the server says, cut off at 64 KiB: the words of an error. */
    byte[] rest(Duration wait) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try (this) {
            while (rest.size() < 1 << 16 && line(wait, 1 << 16) instanceof byte[] line) {
                rest.writeBytes(line);
            }
        } catch (IOException | TimeoutException e) {
            // The status alone says enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rest.toByteArray();
    }

    @Override
    public void close() {
        closed = true;
        Flow.Subscription running = subscription;
        if (running != null) {
            running.cancel();
        }
        arrived.add(new Portion.End(null));
    }

    /** True when the line ended in {@code buffer}. */
    private static boolean take(ByteBuffer buffer, ByteArrayOutputStream line, int longest)
            throws IOException {
        while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (next == '\n') {
                return true;
            }
            if (line.size() >= longest) {
                throw new IOException("a line of more than " + longest + " bytes");
            }
            line.write(next);
        }
        return false;
    }

    private boolean refill(long nanos) throws IOException, TimeoutException, InterruptedException {
        Portion portion = arrived.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        return switch (portion) {
            case null -> throw new TimeoutException();
            case Portion.Bytes(List<ByteBuffer> buffers) -> {
                unread.addAll(buffers);
                Flow.Subscription running = subscription;
                if (running != null) {
                    running.request(1);
                }
                yield true;
            }
            case Portion.End(Throwable failure) -> {
                // Stays for whoever reads again.
                arrived.add(portion);
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                yield false;
            }
        };
    }
}
