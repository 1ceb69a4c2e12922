package dev.outrider.sidecar.exchange;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life of one relayed connection as its observers see it. Written by the relay alone; confined
 * to the connection's event loop.
 */
public final class TcpFlow {
    private final TcpConnection connection;
    private @Nullable String service;
    private final long startedNanos;
    private @Nullable List<AttemptResult> attempts;
    private @Nullable Failure failure;
    private long receivedBytes;
    private long sentBytes;
    private long finishedNanos;

    /**
     * @param service the destination's name, null if none was found so far
     */
    public TcpFlow(TcpConnection connection, @Nullable String service, long startedNanos) {
        this.connection = connection;
        this.service = service;
        this.startedNanos = startedNanos;
    }

    /** The destination's name; before any observer is told of the flow. */
    public void service(@Nullable String found) {
        service = found;
    }

    public TcpConnection connection() {
        return connection;
    }

    /** Null if none was found. */
    public @Nullable String service() {
        return service;
    }

    public long startedNanos() {
        return startedNanos;
    }

    /** The tries to connect, in order; the last is the one that carries the bytes, if any does. */
    public List<AttemptResult> attempts() {
        return attempts == null ? List.of() : Collections.unmodifiableList(attempts);
    }

    public void attempted(AttemptResult result) {
        if (attempts == null) {
            attempts = new ArrayList<>(1);
        }
        attempts.add(result);
    }

    /** Bytes the client sent. */
    public long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes for the client. */
    public long sentBytes() {
        return sentBytes;
    }

    public void countReceived(int bytes) {
        receivedBytes += bytes;
    }

    public void countSent(int bytes) {
        sentBytes += bytes;
    }

    /** Why it ended; null while it lives, and if both sides had said all they had to say. */
    public @Nullable Failure failure() {
        return failure;
    }

    public long finishedNanos() {
        return finishedNanos;
    }

    /** Once, before the observers are told. */
    public void finished(@Nullable Failure failure, long nowNanos) {
        this.failure = failure;
        this.finishedNanos = nowNanos;
    }
}
