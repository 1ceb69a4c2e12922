package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.time.Ticker;
import java.time.InstantSource;

/**
 * Microseconds since 1970 that never go back: the wall clock is read once, so that windows begin
 * with its minutes, and elapsed time does the rest. A wall clock set later moves no window.
 */
final class MicroClock {
    private final Ticker ticker;
    private final long origin;
    private final long originNanos;

    MicroClock(Ticker ticker, InstantSource wall) {
        this.ticker = ticker;
        originNanos = ticker.nanos();
        origin = wall.millis() * 1000;
    }

    long micros() {
        return origin + (ticker.nanos() - originNanos) / 1000;
    }
}
