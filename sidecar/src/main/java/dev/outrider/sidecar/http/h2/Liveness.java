package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.time.LazyTimer;
import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;

/** Asks a silent peer with open streams whether it is still there. */
final class Liveness {
    /** What our PINGs carry, to tell them from those that time a drain. */
    static final long PING = 0x6f75742d6c697665L;

    private final Wire wire;
    private final long afterNanos;
    private final long timeoutNanos;
    private final Runnable dead;
    private final LazyTimer timer;
    private boolean asked;
    private boolean heard;
    private boolean watching;

    Liveness(Wire wire, Duration after, Duration timeout, Ticker ticker, Runnable dead) {
        this.wire = wire;
        this.afterNanos = after.toNanos();
        this.timeoutNanos = timeout.toNanos();
        this.dead = dead;
        this.timer = new LazyTimer(wire.ctx().channel().eventLoop(), ticker, this::expired);
    }

    /** Streams are open, or none is. */
    void watch(boolean open) {
        if (open != watching) {
            watching = open;
            asked = false;
            if (open) {
                timer.in(afterNanos);
            } else {
                timer.off();
            }
        }
    }

    /** Any byte is a sign of life; without a reading of the clock. */
    void heard() {
        heard = true;
    }

    private void expired() {
        if (heard) {
            heard = false;
            asked = false;
            timer.in(afterNanos);
        } else if (asked) {
            dead.run();
        } else {
            asked = true;
            wire.ping(PING);
            timer.in(timeoutNanos);
        }
    }

    void close() {
        timer.close();
    }
}
