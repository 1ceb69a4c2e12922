package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Failure.TimedOut.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is said when a clock of a call has run out. */
final class Timeouts {
    private Timeouts() {}

    /** The call came too late for anything. */
    static Failure.TimedOut late() {
        return new Failure.TimedOut(Phase.ARRIVED_LATE, "the caller's deadline had passed", false);
    }

    /** The attempt's connection or its answer took too long. */
    static Failure.TimedOut ofAttempt(Attempt attempt, Service service, long perTryNanos) {
        boolean connecting = attempt.phase() == Attempt.Phase.CONNECTING;
        Duration limit =
                connecting
                        ? service.config().call().pool().connectTimeout()
                        : Duration.ofNanos(perTryNanos);
        return new Failure.TimedOut(
                connecting ? Phase.CONNECT : Phase.PER_TRY,
                attempt.waitingFor() + " took over " + limit.toMillis() + " ms",
                attempt.sent());
    }

    /** The whole call took too long, whatever it was at. */
    static Failure.TimedOut of(Phase phase, @Nullable Attempt attempt) {
        String text =
                phase == Phase.REQUEST
                        ? "the deadline of the whole request passed"
                        : "no byte came or went";
        return attempt == null
                ? new Failure.TimedOut(phase, text, false)
                : new Failure.TimedOut(
                        phase, text + " while waiting for " + attempt.waitingFor(), attempt.sent());
    }
}
