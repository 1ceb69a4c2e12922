package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.time.Ticker;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How late each event loop runs what is due: a loop that blocks or is overloaded shows here before
 * it shows in latencies. Each loop measures itself; the gauge is the worst of the last two
 * readings, so a scrape seldom misses one.
 */
public final class EventLoopLag implements AutoCloseable {
    private final List<ScheduledFuture<?>> probes = new ArrayList<>();
    private final List<Gauges.Registration> registrations = new ArrayList<>();

    /** Starts a probe on each loop; the loops must outlive it or end it with themselves. */
    public EventLoopLag(
            Iterable<EventExecutor> loops, Duration period, Ticker ticker, Gauges gauges) {
        int index = 0;
        for (EventExecutor loop : loops) {
            Probe probe = new Probe(period.toNanos(), ticker);
            probes.add(
                    loop.scheduleAtFixedRate(
                            probe, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS));
            registrations.add(
                    gauges.gauge(
                            "outrider_event_loop_lag_seconds",
                            "How late the event loop runs what is due",
                            Map.of("loop", Integer.toString(index++)),
                            probe::seconds));
        }
    }

    /** Runs on its loop; read by scrapers. */
    static final class Probe implements Runnable {
        private final long periodNanos;
        private final Ticker ticker;
        private long due;
        private volatile long lag;
        private volatile long lagBefore;

        Probe(long periodNanos, Ticker ticker) {
            this.periodNanos = periodNanos;
            this.ticker = ticker;
            this.due = ticker.nanos() + periodNanos;
        }

        @Override
        public void run() {
            long now = ticker.nanos();
            lagBefore = lag;
            lag = Math.max(0, now - due);
            due = now + periodNanos;
        }

        double seconds() {
            return Math.max(lag, lagBefore) / 1e9;
        }
    }

    @Override
    public void close() {
        probes.forEach(probe -> probe.cancel(false));
        registrations.forEach(Gauges.Registration::close);
    }
}
