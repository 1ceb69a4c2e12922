package dev.outrider.sidecar;

import java.util.concurrent.CountDownLatch;

/**
 * Turns SIGTERM and SIGINT into a gentle end: the process lives on until the work of the main
 * thread is closed, and its exit code then says how that went. Left alone, Java ends with 143 after
 * SIGTERM, however well it stopped, and whatever watches the process takes that for a crash.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exitCode = 1;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::run, "stop"));
    }

    void ask() {
        asked.countDown();
    }

    void await() throws InterruptedException {
        asked.await();
    }

    void wentWell() {
        exitCode = 0;
    }

    /** The main thread has closed all it opened. */
    @Override
    public void close() {
        ended.countDown();
    }

    /** The hook. Once the main thread has ended, this is its own exit, whose code is right. */
    private void run() {
        if (ended.getCount() == 0) {
            return;
        }
        asked.countDown();
        try {
            ended.await();
            // Only halt can change the code of an exit that a signal began.
            Runtime.getRuntime().halt(exitCode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
