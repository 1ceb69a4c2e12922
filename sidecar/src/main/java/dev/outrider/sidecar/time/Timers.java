package dev.outrider.sidecar.time;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of the exchanges on one event loop: a hashed wheel (Varghese and Lauck, 1987), so
 * that arming and disarming, which every request does and almost none needs, costs two pointer
 * writes and no allocation. A timer fires within one tick after its deadline, never before it. The
 * wheel turns only while a timer is armed. On the loop only.
 */
public final class Timers {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int SLOTS = 512;
    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    private final EventLoop loop;
    private final Ticker ticker;
    private final long originNanos;
    private final Timer[] slots = new Timer[SLOTS];
    private final Runnable turn = this::turn;

    /** The number of the last tick whose slot was looked at. */
    private long tick;

    private int armed;
    private boolean turning;

    public Timers(EventLoop loop, Ticker ticker) {
        this.loop = loop;
        this.ticker = ticker;
        this.originNanos = ticker.nanos();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Timer();
        }
    }

    /** A deadline to be armed and disarmed any number of times; expiring disarms it first. */
    public static final class Timer {
        private final Runnable expired;
        private @Nullable Timer before;
        private Timer after;
        private long deadlineNanos;

        public Timer(Runnable expired) {
            this.expired = expired;
            this.after = this;
        }

        private Timer() {
            this(() -> {});
            before = this;
        }
    }

    /** Arms the timer, or moves it if it is armed. */
    public void arm(Timer timer, long deadlineNanos) {
        disarm(timer);
        timer.deadlineNanos = deadlineNanos;
        if (!turning) {
            turning = true;
            long now = ticker.nanos();
            tick = tickOf(now);
            loop.schedule(turn, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
        // The first tick that begins after the deadline: whoever is found in a slot then is due.
        long due = Math.max(tick, tickOf(deadlineNanos)) + 1;
        link(slots[slot(due)], timer);
        armed++;
    }

    public void disarm(Timer timer) {
        Timer before = timer.before;
        if (before == null) {
            return;
        }
        before.after = timer.after;
        timer.after.before = before;
        timer.before = null;
        armed--;
    }

    private void turn() {
        long now = ticker.nanos();
        long reached = tickOf(now);
        long from = Math.max(tick, reached - SLOTS);
        tick = reached;
        Timer due = new Timer();
        for (long each = from + 1; each <= reached; each++) {
            collect(slots[slot(each)], now, due);
        }
        expire(due);
        turning = armed > 0;
        if (turning) {
            loop.schedule(turn, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Takes the due timers out before any runs, since a run may arm and disarm others. */
    private void collect(Timer head, long now, Timer due) {
        for (Timer timer = head.after; timer != head; ) {
            Timer next = timer.after;
            if (timer.deadlineNanos - now <= 0) {
                disarm(timer);
                link(due, timer);
                armed++;
            }
            timer = next;
        }
    }

    private void expire(Timer due) {
        while (due.after != due) {
            Timer timer = due.after;
            disarm(timer);
            try {
                timer.expired.run();
            } catch (RuntimeException e) {
                LOG.error("a deadline's work failed: a bug, please report it", e);
            }
        }
    }

    /** Counted from when the wheel was made, since the clock itself may wrap. */
    private long tickOf(long nanos) {
        return Math.floorDiv(nanos - originNanos, TICK_NANOS);
    }

    private static int slot(long tick) {
        return Math.floorMod(tick, SLOTS);
    }

    private static void link(Timer head, Timer timer) {
        Timer last = java.util.Objects.requireNonNull(head.before);
        timer.before = last;
        timer.after = head;
        last.after = timer;
        head.before = timer;
    }
}
