package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a ticker that move together, by hand. */
final class FakeTime implements InstantSource, Ticker {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant instant() {
        return START.plusNanos(nanos.get());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
