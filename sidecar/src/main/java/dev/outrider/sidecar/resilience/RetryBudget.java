package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.time.Ticker;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the retries to a destination by a share of its requests plus a floor, over a sliding
 * window. Shared by all loops and lock-free: a withdrawal counts itself first and takes itself back
 * when that was too much, so the bound holds at every moment; near it, two that race may both be
 * refused.
 */
public final class RetryBudget {
    private final BudgetConfig config;
    private final Ticker ticker;
    private final long floor;
    private final SlidingWindow window;
    private final LongAdder refused = new LongAdder();

    public RetryBudget(BudgetConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
        this.floor = config.minPerSecond() * config.window().toMillis() / 1000;
        this.window = new SlidingWindow(config.window().toNanos(), ticker.nanos());
    }

    /** Counts an original request; retries are not deposited. */
    public void deposit() {
        window.at(ticker.nanos()).all.increment();
    }

    /** Takes one retry out, or refuses it. */
    public boolean tryWithdraw() {
        long now = ticker.nanos();
        SlidingWindow.Slice slice = window.at(now);
        slice.marked.incrementAndGet();
        if (window.marked(now) <= allowed(now)) {
            return true;
        }
        slice.marked.decrementAndGet();
        refused.increment();
        return false;
    }

    /** Retries that could be withdrawn now. */
    public long left() {
        long now = ticker.nanos();
        return Math.max(0, allowed(now) - window.marked(now));
    }

    /** Retries refused so far. */
    public long refused() {
        return refused.sum();
    }

    private long allowed(long now) {
        return floor + (long) (config.ratio() * window.all(now));
    }
}
