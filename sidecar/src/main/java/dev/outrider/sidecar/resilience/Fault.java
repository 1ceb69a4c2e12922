package dev.outrider.sidecar.resilience;

/** What fault injection does to one request. */
public sealed interface Fault {
    record None() implements Fault {}

    /** Wait so long, then go on. */
    record Delay(long nanos) implements Fault {}

    /** Answer with that status instead of forwarding. */
    record Abort(int status) implements Fault {}

    record DelayThenAbort(long nanos, int status) implements Fault {}
}
