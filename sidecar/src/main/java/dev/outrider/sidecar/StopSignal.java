package dev.outrider.sidecar;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns SIGTERM and SIGINT into a gentle end: the first asks for it, the second cuts it short, the
 * third ends the process on the spot. Any thread.
 */
final class StopSignal {
    private static final int KILLED = 143;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch cut = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();

    StopSignal() {
        Signals.on("TERM", this::signalled);
        Signals.on("INT", this::signalled);
    }

    private void signalled() {
        switch (signals.incrementAndGet()) {
            case 1 -> ask();
            case 2 -> cut();
            default -> Runtime.getRuntime().halt(KILLED);
        }
    }

    private void cut() {
        asked.countDown();
        cut.countDown();
    }

    void ask() {
        asked.countDown();
    }

    void await() throws InterruptedException {
        asked.await();
    }

    void awaitCut() throws InterruptedException {
        cut.await();
    }

    /** Whether the end was cut short. */
    boolean wasCut() {
        return cut.getCount() == 0;
    }
}
