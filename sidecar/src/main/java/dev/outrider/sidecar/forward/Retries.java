package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.resilience.RetryDecision;
import dev.outrider.sidecar.resilience.RetryInput;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call's attempts: whom the next one is for, and whether there is a next one, by the policy, the
 * service's budget and what was tried already. On the exchange's loop.
 */
final class Retries {
    private final Exchange exchange;
    private final Service service;
    private final Worker worker;
    private final ExchangeObserver observer;
    private final InstantSource clock;
    private final @Nullable RequestBody body;
    private final CallClocks clocks;
    private int made;
    private boolean triedFresh;
    private long backoffNanos;
    private ConnectionKind kind;
    private boolean fellBack;
    private @Nullable Member lastMember;
    private int attempts;
    private @Nullable Failure refusal;

    Retries(
            Exchange exchange,
            Service service,
            Worker worker,
            ExchangeObserver observer,
            InstantSource clock,
            @Nullable RequestBody body,
            CallClocks clocks) {
        this.exchange = exchange;
        this.service = service;
        this.worker = worker;
        this.kind = ConnectionKind.of(service.config(), exchange.request());
        this.observer = observer;
        this.clock = clock;
        this.body = body;
        this.clocks = clocks;
    }

    /** The next attempt, which is to be started; null if there is none, see {@link #refusal}. */
    @Nullable Attempt attempt(Call call) {
        long permit = service.acquire();
        if (permit == CircuitBreaker.REFUSED && !exchange.critical()) {
            refusal = new Failure.CircuitOpen(service.name(), service.breakerRetryAfter());
            return null;
        }
        Member member = service.targets().pick(exchange, lastMember, worker);
        if (member == null) {
            service.ignore(permit);
            String why = service.targets().whyNobody(exchange.destination());
            refusal = new Failure.NoEndpoint(service.name(), why);
            return null;
        }
        lastMember = member;
        return new Attempt(call, worker, member, permit, ++attempts);
    }

    /** Why there is no attempt. */
    Failure refusal() {
        return Objects.requireNonNull(refusal);
    }

    /** Which kind of connection the attempts take. */
    ConnectionKind kind() {
        return kind;
    }

    /** Whether they turned to a protocol that the service is not said to speak. */
    boolean fellBack() {
        return fellBack;
    }

    /**
     * Whether a tunnel, of which the upstream has heard nothing since HTTP/2 cannot carry it there,
     * is asked for over HTTP/1.1, which has them everywhere.
     */
    boolean fallsBack() {
        boolean again = kind == ConnectionKind.HTTP_2;
        kind = ConnectionKind.HTTP_1;
        fellBack |= again;
        return again;
    }

    /**
     * Whether a connection that had served turned out to be closed, or closing: once, the request
     * goes out again on a new one at once, if it is certain or harmless that it does so.
     */
    boolean onFreshConnection(Attempt attempt, Failure failure) {
        boolean again = attempt.stale() && !triedFresh && harmless(failure) && replayable();
        triedFresh |= again;
        return again;
    }

    private boolean harmless(Failure failure) {
        return switch (failure) {
            case Failure.UpstreamReset it ->
                    !it.answered()
                            && (!it.sent() || service.retryPolicy().repeatable(exchange.request()));
            case Failure.UpstreamRefused _ -> true;
            case Failure.BadRequest _,
                    Failure.Refused _,
                    Failure.RateLimited _,
                    Failure.NoRoute _,
                    Failure.NoEndpoint _,
                    Failure.CircuitOpen _,
                    Failure.BulkheadFull _,
                    Failure.ConnectFailed _,
                    Failure.TlsFailed _,
                    Failure.TimedOut _,
                    Failure.UpstreamProtocol _,
                    Failure.ClientGone _,
                    Failure.Injected _,
                    Failure.Loop _,
                    Failure.NotReady _,
                    Failure.Bug _ ->
                    false;
        };
    }

    /** After an attempt that failed without a response. */
    boolean after(Failure failure) {
        return !spent() && settled(service.retryPolicy().decide(input(), failure, worker.random));
    }

    /** After a response head that has not gone to the client. */
    boolean after(ResponseHead head) {
        if (spent() || !service.retryPolicy().retries(head.status())) {
            return false;
        }
        long wait = Service.retryAfterNanos(head, clock);
        return settled(service.retryPolicy().decide(input(), head.status(), wait, worker.random));
    }

    /** After a gRPC call's end, of which nothing has gone to the client. */
    boolean afterGrpc(int status) {
        return !spent()
                && service.retryPolicy().retriesGrpc(status)
                && settled(service.retryPolicy().decideGrpc(input(), status, worker.random));
    }

    /**
     * How long the head of a gRPC response is kept back for the status that may follow; 0: not at
     * all. A request that has not ended is a stream, whose client may wait for that head.
     */
    long grpcHoldNanos() {
        boolean possible =
                !spent()
                        && service.retryPolicy().holdsGrpc()
                        && (body == null || body.complete())
                        && service.budget().left() > 0;
        return possible ? service.retryPolicy().grpcHoldNanos(input()) : 0;
    }

    /** Whether the route wants no more of them. */
    private boolean spent() {
        return made >= exchange.tryLimit().retries();
    }

    /** How long an attempt may take until its response begins. */
    long perTryNanos() {
        return Math.min(service.perTryNanos(), exchange.tryLimit().perTryNanos());
    }

    /** How long to wait before the retry that was granted last. */
    long backoffNanos() {
        return backoffNanos;
    }

    private RetryInput input() {
        return new RetryInput(exchange.request(), made, replayable(), false, clocks.remaining());
    }

    private boolean replayable() {
        return body == null || body.replayable();
    }

    private boolean settled(RetryDecision decision) {
        return switch (decision) {
            case RetryDecision.Stop stop -> {
                if (stop.wanted()) {
                    observer.retrySkipped(exchange, stop.reason());
                }
                yield false;
            }
            case RetryDecision.RetryAfter after -> {
                backoffNanos = after.nanos();
                boolean allowed = service.withdraw();
                if (allowed) {
                    made++;
                } else {
                    observer.retrySkipped(exchange, RetryDecision.Stop.BUDGET.reason());
                }
                yield allowed;
            }
        };
    }
}
