package dev.outrider.sidecar.time;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One deadline of a connection that moves with every message and seldom passes. Moving it later
 * writes a field; the task already scheduled sees that and goes on waiting. For connections that
 * may idle in thousands: unlike {@link Timers} it wakes nobody while nothing is due. On the loop
 * only.
 */
public final class LazyTimer {
    private static final long OFF = Long.MAX_VALUE;

    private final EventLoop loop;
    private final Ticker ticker;
    private final Runnable expired;
    private final Runnable check = this::check;
    private long deadlineNanos = OFF;
    private long checkAtNanos;
    private java.util.concurrent.@Nullable Future<?> scheduled;

    public LazyTimer(EventLoop loop, Ticker ticker, Runnable expired) {
        this.loop = loop;
        this.ticker = ticker;
        this.expired = expired;
    }

    /** Moves the deadline to so many nanoseconds from now. */
    public void in(long nanos) {
        deadlineNanos = ticker.nanos() + nanos;
        if (scheduled != null && deadlineNanos - checkAtNanos < 0) {
            scheduled.cancel(false);
            scheduled = null;
        }
        if (scheduled == null) {
            schedule(nanos);
        }
    }

    /** Takes the deadline away; a check already scheduled will find nothing to do. */
    public void off() {
        deadlineNanos = OFF;
    }

    /** Takes the deadline away for good. */
    public void close() {
        off();
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    private void schedule(long nanos) {
        checkAtNanos = ticker.nanos() + nanos;
        scheduled = loop.schedule(check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        scheduled = null;
        if (deadlineNanos == OFF) {
            return;
        }
        long left = deadlineNanos - ticker.nanos();
        if (left > 0) {
            schedule(left);
        } else {
            deadlineNanos = OFF;
            expired.run();
        }
    }
}
