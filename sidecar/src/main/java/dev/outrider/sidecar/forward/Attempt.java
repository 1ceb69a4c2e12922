package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Grpc;
import dev.outrider.sidecar.exchange.Unsent;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One try at one member: a connection, a stream, a response. It settles its accounts (breaker
 * permit, member load, ejection) exactly once, and tells its {@link Call} what came of it.
 */
final class Attempt implements Connecting.Waiter, ClientStream.Listener {
    /** Where an attempt stands. */
    enum Phase {
        CONNECTING,
        WAITING,
        STREAMING,
        OVER
    }

    private final Call call;
    private final Service service;
    private final Worker worker;
    private final Member member;
    private final long permit;
    private final int number;
    private final long startedNanos;

    private Phase phase = Phase.CONNECTING;
    private @Nullable Connecting connecting;
    private @Nullable ClientStream stream;
    private @Nullable PooledConnection connection;
    private boolean reused;
    private boolean settled;
    private @Nullable HeldReply held;
    private boolean unsupported;
    private int status;

    Attempt(Call call, Worker worker, Member member, long permit, int number) {
        this.call = call;
        this.service = call.service();
        this.worker = worker;
        this.member = member;
        this.permit = permit;
        this.number = number;
        this.startedNanos = worker.ticker.nanos();
    }

    Member member() {
        return member;
    }

    /** Counted from 1. */
    int number() {
        return number;
    }

    Phase phase() {
        return phase;
    }

    /** Whether it met the end of a connection that had served before. */
    boolean stale() {
        return reused && connection != null && !connection.usable();
    }

    /** Whether its connection could not carry what was asked for. */
    boolean unsupported() {
        return unsupported;
    }

    /** Takes an idle connection, unless {@code fresh}, or opens one. */
    void start(boolean fresh) {
        member.begin();
        connect(fresh);
        if (connecting != null) {
            call.connecting();
        }
    }

    private void connect(boolean fresh) {
        ConnectionPool pool = worker.pool(service, member, call.retries().kind());
        PooledConnection free = fresh ? null : pool.take();
        if (free == null) {
            Connecting pending = pool.connect(this);
            if (phase == Phase.CONNECTING) {
                connecting = pending;
            }
        } else {
            reused = free.used();
            opened(free);
        }
    }

    @Override
    public void filled() {
        connecting = null;
        connect(false);
    }

    @Override
    public void connected(PooledConnection connection) {
        connecting = null;
        opened(connection);
    }

    @Override
    public void notConnected(Failure failure) {
        connecting = null;
        fail(failure);
    }

    private void opened(PooledConnection connection) {
        this.connection = connection;
        phase = Phase.WAITING;
        ClientStream opened = connection.open(this);
        stream = opened;
        call.opened(this, opened, connection.http2());
    }

    // ---- the response

    @Override
    public void onInformational(ResponseHead head) {
        call.informational(head);
    }

    @Override
    public void onResponse(ResponseHead head, boolean last) {
        status = head.status();
        String unsent = service.config().mtls() ? Unsent.read(head.headers()) : null;
        if (unsent != null) {
            unsent(unsent, last);
            return;
        }
        if (call.exchange().grpc() && status == 200) {
            call(head, last);
            return;
        }
        settle(Judgement.ofStatus(status, call.exchange().callersDeadline()));
        if (call.retries().after(head)) {
            retry(last, "status " + status);
        } else {
            respond(head, last);
        }
    }

    /** The member's sidecar says that the app behind it cannot have seen the request. */
    private void unsent(String why, boolean last) {
        String endpoint = member.endpoint().address();
        fail(new Failure.UpstreamRefused(endpoint, "its app was not reached: " + why));
        // Only now: a connection that is closed would pass for one that had grown stale.
        if (!last) {
            cancelStream("the app was not reached");
        }
    }

    /** A gRPC call's end tells how it went: alone in the head, or in trailers. */
    private void call(ResponseHead head, boolean last) {
        if (!last) {
            held = new HeldReply(head);
        } else if (!retried(Grpc.status(head.headers()), true)) {
            respond(head, true);
        }
    }

    private boolean retried(int grpcStatus, boolean last) {
        settle(Judgement.ofGrpc(grpcStatus, call.exchange().callersDeadline()));
        call.exchange().grpcStatus(grpcStatus);
        boolean again = call.retries().afterGrpc(grpcStatus);
        if (again) {
            retry(last, "gRPC status " + grpcStatus);
        }
        return again;
    }

    private void retry(boolean last, String why) {
        phase = Phase.OVER;
        if (!last) {
            cancelStream("retried after " + why);
        }
        record(null);
        call.retry();
    }

    private void respond(ResponseHead head, boolean last) {
        phase = last ? Phase.OVER : Phase.STREAMING;
        if (last) {
            record(null);
        }
        call.respond(head, last);
    }

    /** The response is a stream, or more than is kept: it goes on its way. */
    private void letGo(HeldReply reply) {
        held = null;
        respond(reply.head(), false);
        reply.chunks().forEach(call::data);
    }

    @Override
    public void data(ByteBuf chunk) {
        HeldReply reply = held;
        // A call that failed has no message, so one that has some did not.
        settle(Judgement.SUCCESS);
        if (reply == null) {
            call.data(chunk);
        } else if (!reply.add(chunk)) {
            letGo(reply);
        }
    }

    @Override
    public void end(Headers trailers) {
        HeldReply reply = held;
        if (reply != null) {
            held = null;
            if (retried(Grpc.status(trailers), true)) {
                reply.drop();
                return;
            }
            letGo(reply);
        } else if (call.exchange().grpc()) {
            int ended = Grpc.status(trailers);
            settle(Judgement.ofGrpc(ended, call.exchange().callersDeadline()));
            call.exchange().grpcStatus(ended);
        }
        phase = Phase.OVER;
        record(null);
        call.end(trailers);
    }

    @Override
    public void flush() {
        HeldReply reply = held;
        if (reply == null || !waits(reply)) {
            letGo();
        }
    }

    /** Whether the end of a gRPC response may still decide: only its head has come. */
    private boolean waits(HeldReply reply) {
        if (!reply.chunks().isEmpty()) {
            return false;
        }
        if (!reply.waiting() && call.holds()) {
            reply.waits();
        }
        return reply.waiting();
    }

    /** Whether a response's head has come and is kept back. */
    boolean holding() {
        return held != null && held.waiting();
    }

    /** What has come goes on its way. */
    void letGo() {
        if (held != null) {
            letGo(held);
        }
        call.flush();
    }

    @Override
    public void onWritable() {
        call.upstreamWritable();
    }

    @Override
    public void onError(StreamError error, boolean sent) {
        boolean answered = phase == Phase.STREAMING;
        unsupported = error.kind() == StreamError.Kind.UNSUPPORTED;
        fail(new BrokenStream(error, sent, answered, reused).failure(member.address()));
    }

    private void fail(Failure failure) {
        phase = Phase.OVER;
        dropHeld();
        settle(unsupported ? Judgement.IGNORED : Judgement.ofFailure(failure, stale()));
        record(failure);
        call.failed(this, failure);
    }

    // ---- given up by the call

    /** The attempt took too long. */
    void timedOut(Failure.TimedOut failure) {
        if (phase != Phase.OVER) {
            settle(Judgement.ofTimeout(failure.phase(), call.waited(startedNanos)));
            stop(failure);
        }
    }

    /** Nobody wants the answer any more; counts neither way. */
    void cancel(Failure failure) {
        if (phase != Phase.OVER) {
            settle(Judgement.IGNORED);
            stop(failure);
        }
    }

    /** What a timeout's text says it was waiting for. */
    String waitingFor() {
        return connecting != null
                ? connecting.stage() + " to " + member.address()
                : "the response of " + member.address();
    }

    /** Whether any of the request may have left. */
    boolean sent() {
        return stream != null;
    }

    private void dropHeld() {
        if (held != null) {
            held.drop();
            held = null;
        }
    }

    private void stop(Failure failure) {
        phase = Phase.OVER;
        dropHeld();
        if (connecting != null) {
            connecting.leave(this);
        }
        cancelStream(failure.reason());
        record(failure);
    }

    private void cancelStream(String why) {
        if (stream != null) {
            stream.cancel(new StreamError(StreamError.Kind.CANCELLED, why));
        }
    }

    // ---- accounts

    /** The first judgement stands. */
    private void settle(Judgement judgement) {
        if (settled) {
            return;
        }
        settled = true;
        // That it is silent in a protocol which nobody said it speaks is no fault of the member.
        boolean guessed =
                status == 0 && judgement == Judgement.FAILURE && call.retries().fellBack();
        if (guessed || judgement == Judgement.IGNORED) {
            service.ignore(member, permit);
        } else {
            boolean success = judgement == Judgement.SUCCESS;
            service.settle(member, permit, success, worker.ticker.nanos() - startedNanos);
        }
    }

    private void record(@Nullable Failure failure) {
        call.attempted(
                new AttemptResult(
                        number,
                        member.address(),
                        startedNanos,
                        worker.ticker.nanos(),
                        status,
                        failure));
    }
}
