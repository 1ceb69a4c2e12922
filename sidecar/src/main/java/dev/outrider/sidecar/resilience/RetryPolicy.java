package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.RequestHead;
import java.util.Collection;
import java.util.EnumSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a failed attempt is followed by another; pure. A retry can never do a thing
 * twice: it needs an idempotent method (RFC 9110, section 9.2.2), an idempotency key, or the proof
 * that nothing was sent. The caller withdraws from the {@link RetryBudget} after a {@code
 * RetryAfter}.
 */
public final class RetryPolicy {
    /** The upstream named no time to wait. */
    public static final long NO_RETRY_AFTER = -1;

    private final RetryConfig config;
    private final EnumSet<RetryOn> on;
    private final boolean[] statuses = new boolean[200];
    private final Backoff backoff;
    private final long maxRetryAfterNanos;
    private final long grpcHoldNanos;

    public RetryPolicy(RetryConfig config) {
        this.config = config;
        this.on = EnumSet.noneOf(RetryOn.class);
        this.on.addAll((Collection<RetryOn>) config.on());
        config.statuses().forEach(status -> statuses[status - 400] = true);
        this.backoff = new Backoff(config.backoff());
        this.grpcHoldNanos = config.grpcHold().toNanos();
        this.maxRetryAfterNanos = config.backoff().maxRetryAfter().toNanos();
    }

    /** Whether a response of that status is worth a decision; for all others do not ask. */
    public boolean retries(int status) {
        return config.attempts() > 0 && status >= 400 && status < 600 && statuses[status - 400];
    }

    /** After an attempt that failed. */
    public RetryDecision decide(RetryInput input, Failure failure, RandomGenerator random) {
        RetryOn condition = condition(failure);
        if (condition == null || !on.contains(condition)) {
            return RetryDecision.Stop.NOT_RETRYABLE;
        }
        return decide(input, failure.sent(), NO_RETRY_AFTER, random);
    }

    /**
     * After a response head that has not gone to the client.
     *
     * @param retryAfterNanos what its Retry-After field asks for, see {@link RetryAfterField}
     */
    public RetryDecision decide(
            RetryInput input, int status, long retryAfterNanos, RandomGenerator random) {
        if (!retries(status)) {
            return RetryDecision.Stop.NOT_RETRYABLE;
        }
        return decide(input, true, retryAfterNanos, random);
    }

    /** Whether a gRPC call that ended so is worth a decision. */
    public boolean retriesGrpc(int status) {
        return config.attempts() > 0 && config.grpcStatuses().contains(status);
    }

    /** Whether any gRPC call is worth its head's being kept back; if not, do not ask further. */
    public boolean holdsGrpc() {
        return config.attempts() > 0 && !config.grpcStatuses().isEmpty() && grpcHoldNanos > 0;
    }

    /**
     * How long to keep back the head of a gRPC call's response until its status is known, in
     * nanoseconds; 0 for not at all, since no retry could follow.
     */
    public long grpcHoldNanos(RetryInput input) {
        boolean possible =
                holdsGrpc()
                        && input.replayable()
                        && input.retries() < config.attempts()
                        && input.remainingNanos() > grpcHoldNanos;
        return possible ? grpcHoldNanos : 0;
    }

    /** After a gRPC call's end of which the client has seen nothing. */
    public RetryDecision decideGrpc(RetryInput input, int status, RandomGenerator random) {
        if (!retriesGrpc(status)) {
            return RetryDecision.Stop.NOT_RETRYABLE;
        }
        return decide(input, false, NO_RETRY_AFTER, random);
    }

    private RetryDecision decide(
            RetryInput input, boolean sent, long retryAfterNanos, RandomGenerator random) {
        if (config.attempts() == 0) {
            return RetryDecision.Stop.DISABLED;
        }
        if (input.responding()) {
            return RetryDecision.Stop.RESPONSE_STARTED;
        }
        if (sent && !repeatable(input.request())) {
            return RetryDecision.Stop.NOT_IDEMPOTENT;
        }
        if (!input.replayable()) {
            return RetryDecision.Stop.BODY_TOO_LARGE;
        }
        if (input.retries() >= config.attempts()) {
            return RetryDecision.Stop.ATTEMPTS_USED;
        }
        if (retryAfterNanos > maxRetryAfterNanos) {
            return RetryDecision.Stop.RETRY_AFTER_TOO_LONG;
        }
        long delay = Math.max(backoff.delayNanos(input.retries(), random), retryAfterNanos);
        return delay >= input.remainingNanos()
                ? RetryDecision.Stop.DEADLINE
                : new RetryDecision.RetryAfter(delay);
    }

    /** Whether sending it twice does no harm. */
    public boolean repeatable(RequestHead request) {
        return idempotent(request.method())
                || !config.idempotencyKeyHeader().isEmpty()
                        && request.headers().contains(config.idempotencyKeyHeader());
    }

    static boolean idempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    /** Null for what another try cannot mend, or what is not the upstream's doing. */
    private static @Nullable RetryOn condition(Failure failure) {
        return switch (failure) {
            case Failure.ConnectFailed _, Failure.TlsFailed _ -> RetryOn.CONNECT_FAILURE;
            case Failure.UpstreamRefused _ -> RetryOn.REFUSED;
            case Failure.UpstreamReset _ -> RetryOn.RESET;
            case Failure.TimedOut timedOut ->
                    switch (timedOut.phase()) {
                        case CONNECT -> RetryOn.CONNECT_FAILURE;
                        case PER_TRY, IDLE -> RetryOn.TIMEOUT;
                        case REQUEST, ARRIVED_LATE, QUEUE -> null;
                    };
            case Failure.BadRequest _,
                    Failure.Refused _,
                    Failure.RateLimited _,
                    Failure.NoRoute _,
                    Failure.NoEndpoint _,
                    Failure.CircuitOpen _,
                    Failure.BulkheadFull _,
                    Failure.UpstreamProtocol _,
                    Failure.ClientGone _,
                    Failure.Injected _,
                    Failure.Loop _,
                    Failure.NotReady _,
                    Failure.Bug _ ->
                    null;
        };
    }
}
