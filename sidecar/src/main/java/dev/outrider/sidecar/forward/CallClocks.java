package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one call, on one timer that is armed for whichever runs out first: the exchange's
 * deadline, the phase the call is in, and the silence of both peers. On the exchange's loop.
 */
final class CallClocks {
    /** Told of one clock at a time, with the timer disarmed. */
    interface Owner {
        void deadlinePassed();

        void phaseOver();

        void fellSilent();
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final Worker worker;
    private final Exchange exchange;
    private final long idleNanos;
    private final Owner owner;
    private final Timers.Timer timer = new Timers.Timer(this::expired);
    private long phaseUntilNanos = NEVER;
    private boolean listening;
    private boolean untimed;
    private long activeNanos;

    CallClocks(Worker worker, Exchange exchange, long idleNanos, Owner owner) {
        this.worker = worker;
        this.exchange = exchange;
        this.idleNanos = idleNanos;
        this.owner = owner;
    }

    /** A phase in which nobody is expected to say anything. */
    void quietPhase(long nanos) {
        listening = false;
        arm(nanos);
    }

    /** A phase of the exchange with an upstream; {@link Long#MAX_VALUE} for no end of its own. */
    void phase(long nanos) {
        listening = true;
        active();
        arm(nanos);
    }

    /** The phase goes on for as long as there is something to hear. */
    void endless() {
        active();
        phaseUntilNanos = NEVER;
    }

    /** Only silence ends it from here on: what follows is no request any more. */
    void tunnel() {
        untimed = true;
        endless();
    }

    /** A byte came or went. */
    void active() {
        activeNanos = worker.ticker.nanos();
    }

    /** Nanoseconds to the exchange's deadline; {@link Long#MAX_VALUE} without one. */
    long remaining() {
        return remaining(exchange.deadline());
    }

    /** The same to what the client said of a stream. */
    long streamRemaining() {
        return remaining(exchange.streamDeadline());
    }

    private long remaining(@Nullable Deadline deadline) {
        return deadline == null ? NEVER : deadline.remaining(worker.ticker.nanos());
    }

    /** Whether, at that time, more than half of what the deadline allows had gone by. */
    boolean mostlyOver(long nanos) {
        Deadline deadline = exchange.deadline();
        return deadline != null
                && 2 * (nanos - exchange.startedNanos())
                        > deadline.remaining(exchange.startedNanos());
    }

    void stop() {
        worker.timers.disarm(timer);
    }

    private void arm(long phaseNanos) {
        long now = worker.ticker.nanos();
        phaseUntilNanos = phaseNanos == NEVER ? NEVER : now + phaseNanos;
        rearm(now);
    }

    private void rearm(long now) {
        long left = phaseUntilNanos == NEVER ? NEVER : phaseUntilNanos - now;
        Deadline deadline = exchange.deadline();
        if (deadline != null && !untimed) {
            left = Math.min(left, deadline.remaining(now));
        }
        if (listening) {
            left = Math.min(left, activeNanos + idleNanos - now);
        }
        worker.timers.arm(timer, now + left);
    }

    private void expired() {
        long now = worker.ticker.nanos();
        Deadline deadline = exchange.deadline();
        if (!untimed && deadline != null && deadline.passed(now)) {
            owner.deadlinePassed();
        } else if (phaseUntilNanos != NEVER && phaseUntilNanos - now <= 0) {
            owner.phaseOver();
        } else if (listening && activeNanos + idleNanos - now <= 0) {
            owner.fellSilent();
        } else {
            rearm(now);
        }
    }
}
