package dev.outrider.sidecar.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How a conversation of many messages goes: so many, each so long after the one before. */
enum Pace {
    QUICK(10, 0),

    /** Lives through many changes, and still ends before a sidecar that leaves would cut it. */
    HELD(20, 100);

    final int messages;
    private final long pauseMillis;

    Pace(int messages, long pauseMillis) {
        this.messages = messages;
        this.pauseMillis = pauseMillis;
    }

    void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
    }
}
