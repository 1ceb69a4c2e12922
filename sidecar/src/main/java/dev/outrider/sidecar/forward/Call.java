package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.resilience.Fault;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange at a service: a place in its bulkhead, then attempts, each behind the breaker, until
 * one is answered, or the policy, the budget or the deadline says no. One timer serves all its
 * clocks. On the exchange's loop.
 */
final class Call implements Upstream.Listener, CallClocks.Owner {
    private enum State {
        QUEUED,
        DELAYED,
        TRYING,
        BACKING_OFF,
        RESPONDING,
        OVER
    }

    private final Exchange exchange;
    private final Upstream.Reply reply;
    private final Service service;
    private final Worker worker;
    private final ExchangeObserver observer;
    private final CallClocks clocks;
    private final Retries retries;

    private State state = State.QUEUED;
    private boolean entered;
    private @Nullable Place place;
    private @Nullable Attempt current;
    private @Nullable RequestBody body;
    private @Nullable ClientStream stream;
    private @Nullable WebSocketHandshake handshake;
    private int injectedStatus;

    Call(
            Exchange exchange,
            Upstream.Reply reply,
            Service service,
            Worker worker,
            ExchangeObserver observer,
            InstantSource clock) {
        this.exchange = exchange;
        this.reply = reply;
        this.service = service;
        this.worker = worker;
        this.observer = observer;
        this.clocks = new CallClocks(worker, exchange, service.idleNanos(), this);
        this.body = RequestBody.of(worker, exchange, clocks, service.retries(), this::bodyBroken);
        this.retries = new Retries(exchange, service, worker, observer, clock, body, clocks);
    }

    Service service() {
        return service;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Whether another attempt follows; if so, then {@link #retry}. */
    Retries retries() {
        return retries;
    }

    /** How an attempt that began then was waited for. */
    Judgement.Wait waited(long sinceNanos) {
        return new Judgement.Wait(
                exchange.callersDeadline(),
                body != null && body.awaitsClient(),
                clocks.mostlyOver(sinceNanos));
    }

    void start() {
        reply.listener(this);
        if (clocks.remaining() <= 0) {
            fail(Timeouts.late());
            return;
        }
        if (service.bulkhead().tryEnter()) {
            entered = true;
            enter();
            return;
        }
        Place waiting = new Place(service.bulkhead(), worker.loop, this::enter);
        place = waiting;
        switch (waiting.take()) {
            case ENTERED -> enter();
            case QUEUED -> clocks.quietPhase(service.bulkhead().config().queueTimeout().toNanos());
            case FULL -> fail(new Failure.BulkheadFull(service.name(), "all places are taken"));
        }
    }

    private void enter() {
        service.deposit();
        switch (service.fault(exchange.request(), worker.random)) {
            case Fault.None _ -> attempt(false);
            case Fault.Abort it -> fail(new Failure.Injected(it.status()));
            case Fault.Delay it -> delay(it.nanos(), 0);
            case Fault.DelayThenAbort it -> delay(it.nanos(), it.status());
        }
    }

    private void delay(long nanos, int thenStatus) {
        state = State.DELAYED;
        injectedStatus = thenStatus;
        clocks.quietPhase(nanos);
    }

    // ---- attempts

    private void attempt(boolean fresh) {
        state = State.TRYING;
        Attempt next = retries.attempt(this);
        if (next == null) {
            refused(retries.refusal());
            return;
        }
        current = next;
        next.start(fresh);
    }

    /** No attempt may be made. */
    private void refused(Failure failure) {
        FallbackConfig fallback = service.config().fallback();
        if (fallback == null || !(failure instanceof Failure.CircuitOpen)) {
            fail(failure);
            return;
        }
        exchange.failed(failure);
        over();
        fallback.answer(reply, exchange.request().method().equals("HEAD"));
    }

    /** The attempt opens a connection. */
    void connecting() {
        clocks.phase(service.config().call().pool().connectTimeout().toNanos());
    }

    /** The attempt has a stream: the request goes out. */
    void opened(Attempt attempt, ClientStream opened, boolean http2) {
        stream = opened;
        RequestHead head =
                OutgoingHead.of(
                        exchange,
                        service.config(),
                        clocks.remaining(),
                        clocks.streamRemaining(),
                        http2);
        handshake = WebSocketHandshake.begin(head, http2, worker.random);
        observer.attemptStarted(exchange, attempt.number(), attempt.member().address(), head);
        clocks.phase(retries.perTryNanos());
        opened.request(head, body == null);
        if (current != attempt) {
            return;
        }
        if (body == null) {
            opened.flush();
        } else {
            body.attach(opened);
        }
    }

    void attempted(AttemptResult result) {
        exchange.attempted(result);
        observer.attemptFinished(exchange, result);
    }

    /** The attempt came to nothing. */
    void failed(Attempt attempt, Failure failure) {
        current = null;
        stream = null;
        if (state == State.RESPONDING) {
            fail(failure);
        } else if (attempt.unsupported() && retries.fallsBack()) {
            attempt(false);
        } else if (retries.onFreshConnection(attempt, failure)) {
            detachBody();
            attempt(true);
        } else if (retries.after(failure)) {
            retry();
        } else {
            fail(failure);
        }
    }

    /** Whether a gRPC response's head is kept back until its status is known; a clock runs then. */
    boolean holds() {
        long nanos = retries.grpcHoldNanos();
        if (nanos > 0) {
            clocks.phase(nanos);
        }
        return nanos > 0;
    }

    void retry() {
        current = null;
        stream = null;
        detachBody();
        state = State.BACKING_OFF;
        clocks.quietPhase(retries.backoffNanos());
    }

    private void detachBody() {
        if (body != null) {
            body.detach();
        }
    }

    private void bodyBroken(StreamError error) {
        Failure failure = RequestBody.failure(error);
        cancelAttempt(failure);
        fail(failure);
    }

    // ---- the response

    void informational(ResponseHead head) {
        reply.informational(head);
    }

    void respond(ResponseHead head, boolean last) {
        state = State.RESPONDING;
        if (body != null) {
            body.forget();
        }
        if (last) {
            over();
            reply.head(head, true);
            reply.flush();
        } else if (exchange.request().tunnels(head.status())) {
            tunnel(head);
        } else {
            if (exchange.grpc() || head.events()) {
                exchange.streaming();
            }
            clocks.endless();
            reply.head(head, false);
        }
    }

    /** Both sides have agreed on another protocol: bytes go both ways until one of them ends. */
    private void tunnel(ResponseHead head) {
        if (handshake != null && !handshake.finish(head.headers())) {
            Attempt attempt = Objects.requireNonNull(current);
            Failure failure =
                    new Failure.UpstreamProtocol(
                            attempt.member().address(),
                            "its Sec-WebSocket-Accept does not answer the key");
            cancelAttempt(failure);
            fail(failure);
            return;
        }
        clocks.tunnel();
        ClientStream upstream = Objects.requireNonNull(stream);
        reply.head(head, false);
        reply.flush();
        if (state == State.RESPONDING) {
            RequestBody bytes = new RequestBody(worker, exchange, clocks, false, this::bodyBroken);
            body = bytes;
            bytes.attach(upstream);
        }
    }

    void data(ByteBuf chunk) {
        clocks.active();
        reply.data(chunk);
        if (!reply.writable() && stream != null) {
            stream.pause();
        }
    }

    void end(Headers trailers) {
        over();
        reply.end(trailers);
        reply.flush();
    }

    void flush() {
        reply.flush();
    }

    void upstreamWritable() {
        if (body != null) {
            body.adjust();
        }
    }

    @Override
    public void onWritable() {
        if (stream != null) {
            stream.resume();
        }
    }

    @Override
    public void onClientGone(StreamError error) {
        cancelAttempt(new Failure.ClientGone(error.detail(), true));
        over();
    }

    private void cancelAttempt(Failure failure) {
        Attempt attempt = current;
        current = null;
        if (attempt != null) {
            attempt.cancel(failure);
        }
    }

    private void fail(Failure failure) {
        over();
        reply.fail(failure);
    }

    /** Gives back everything the call holds; once. */
    private void over() {
        if (state == State.OVER) {
            return;
        }
        state = State.OVER;
        clocks.stop();
        if (body != null) {
            body.forget();
        }
        if (entered) {
            service.bulkhead().leave();
        } else if (place != null) {
            place.leave();
        }
        current = null;
        stream = null;
    }

    // ---- clocks

    @Override
    public void deadlinePassed() {
        giveUp(Failure.TimedOut.Phase.REQUEST);
    }

    @Override
    public void fellSilent() {
        giveUp(Failure.TimedOut.Phase.IDLE);
    }

    @Override
    public void phaseOver() {
        switch (state) {
            case QUEUED ->
                    fail(new Failure.BulkheadFull(service.name(), "no place came free in time"));
            case DELAYED -> {
                if (injectedStatus > 0) {
                    fail(new Failure.Injected(injectedStatus));
                } else {
                    attempt(false);
                }
            }
            case BACKING_OFF -> attempt(false);
            case TRYING -> tryOver();
            case RESPONDING, OVER -> {}
        }
    }

    private void tryOver() {
        Attempt attempt = Objects.requireNonNull(current);
        if (attempt.holding()) {
            clocks.phase(Long.MAX_VALUE);
            attempt.letGo();
            return;
        }
        Failure.TimedOut failure = Timeouts.ofAttempt(attempt, service, retries.perTryNanos());
        attempt.timedOut(failure);
        failed(attempt, failure);
    }

    private void giveUp(Failure.TimedOut.Phase phase) {
        Attempt attempt = current;
        Failure.TimedOut failure = Timeouts.of(phase, attempt);
        if (attempt != null) {
            attempt.timedOut(failure);
        }
        fail(failure);
    }
}
