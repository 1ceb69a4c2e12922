package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Grpc;

/**
 * What the end of an attempt says of its member, for the breaker, the ejection and the estimate of
 * latency. Only what the member did may count against it: a caller can make any call end badly, by
 * going away, by a body that does not go on, or by a deadline that nobody could keep, and would
 * otherwise shut the service for all the others. Pure.
 */
enum Judgement {
    SUCCESS,
    FAILURE,
    /** It says nothing: neither good nor bad. */
    IGNORED;

    /**
     * How a member was waited for.
     *
     * @param callersDeadline the deadline is the caller's, and shorter than the configured timeout
     * @param forClient the rest of the request was awaited, and the member would have taken it
     * @param late the attempt began when most of the request's time was over
     */
    record Wait(boolean callersDeadline, boolean forClient, boolean late) {}

    /** A response's status. */
    static Judgement ofStatus(int status, boolean callersDeadline) {
        return switch (status) {
            // The request asks for a method or a version that the server, in good health, lacks.
            case 501, 505 -> SUCCESS;
            // The next proxy gave up at the deadline that it was told.
            case 504 -> callersDeadline ? IGNORED : FAILURE;
            default -> status < 500 ? SUCCESS : FAILURE;
        };
    }

    /** The end of a gRPC call. */
    static Judgement ofGrpc(int status, boolean callersDeadline) {
        if (status == Grpc.DEADLINE_EXCEEDED && callersDeadline) {
            return IGNORED;
        }
        return Grpc.serverFault(status) ? FAILURE : SUCCESS;
    }

    /**
     * One of our clocks ran out. A caller's own deadline never counts, whatever its length: a
     * service that needs 12 s of the 15 s it is given is not broken because somebody waits for 10.
     * A member that hangs is found by {@code retry.perTry}, or by callers without a deadline.
     */
    static Judgement ofTimeout(Failure.TimedOut.Phase phase, Wait wait) {
        return switch (phase) {
            case CONNECT -> FAILURE;
            case PER_TRY, IDLE -> wait.forClient ? IGNORED : FAILURE;
            case REQUEST -> wait.forClient || wait.callersDeadline || wait.late ? IGNORED : FAILURE;
            case ARRIVED_LATE, QUEUE -> IGNORED;
        };
    }

    /**
     * The attempt failed of itself.
     *
     * @param stale it met the end of a connection that had served before
     */
    static Judgement ofFailure(Failure failure, boolean stale) {
        return switch (failure) {
            case Failure.UpstreamReset it -> stale && !it.answered() ? IGNORED : FAILURE;
            case Failure.UpstreamRefused _ -> stale ? IGNORED : FAILURE;
            case Failure.ConnectFailed _,
                    Failure.TlsFailed _,
                    Failure.UpstreamProtocol _,
                    Failure.TimedOut _ ->
                    FAILURE;
            case Failure.BadRequest _,
                    Failure.Refused _,
                    Failure.RateLimited _,
                    Failure.NoRoute _,
                    Failure.NoEndpoint _,
                    Failure.CircuitOpen _,
                    Failure.BulkheadFull _,
                    Failure.ClientGone _,
                    Failure.Injected _,
                    Failure.Loop _,
                    Failure.NotReady _,
                    Failure.Bug _ ->
                    IGNORED;
        };
    }
}
