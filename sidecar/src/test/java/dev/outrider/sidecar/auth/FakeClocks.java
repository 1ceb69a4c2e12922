package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a ticker that move together, by hand. */
final class FakeClocks implements InstantSource, Ticker {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant instant() {
        return Tokens.NOW.plusNanos(nanos.get());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
