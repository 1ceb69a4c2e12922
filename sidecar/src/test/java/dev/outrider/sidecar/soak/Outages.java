package dev.outrider.sidecar.soak;

import java.util.concurrent.atomic.AtomicLong;

/** When apps of one service were being killed. Odd from the kill until the app listens again. */
final class Outages {
    private final AtomicLong turns = new AtomicLong();

    void begin() {
        turns.incrementAndGet();
    }

    void end() {
        turns.incrementAndGet();
    }

    long mark() {
        return turns.get();
    }

    /** Whether an app was dead at any time since {@code mark}. */
    boolean since(long mark) {
        return mark % 2 == 1 || turns.get() != mark;
    }

    long count() {
        return turns.get() / 2;
    }
}
