package dev.outrider.sidecar.resilience;

/** What a breaker does with calls, as seen at one moment. */
public sealed interface BreakerState {
    /** Calls pass and are counted. */
    record Closed() implements BreakerState {}

    /** Calls are refused until that reading of the ticker; the first one after it probes. */
    record Open(long untilNanos) implements BreakerState {}

    /** So many further calls are let through as probes. */
    record HalfOpen(int permitsLeft) implements BreakerState {}

    /** An operator refuses all calls. */
    record ForcedOpen() implements BreakerState {}

    /** An operator lets all calls through. */
    record ForcedClosed() implements BreakerState {}

    /** A stable word for metrics and the admin page. */
    default String word() {
        return switch (this) {
            case Closed() -> "closed";
            case Open(long _) -> "open";
            case HalfOpen(int _) -> "half-open";
            case ForcedOpen() -> "forced-open";
            case ForcedClosed() -> "forced-closed";
        };
    }
}
