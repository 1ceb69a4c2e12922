package dev.outrider.sidecar.time;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task done again and again on a virtual thread of its own. The task says how long to wait until
 * the next time; it must survive its own failures, and one that does not is logged and tried again
 * a second later.
 */
public final class Background implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final Duration AFTER_BUG = Duration.ofSeconds(1);

    private final Task task;
    private final Thread thread;
    private final Semaphore wake = new Semaphore(0);

    public Background(String name, Task task) {
        this.task = task;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::loop);
    }

    /** One turn; blocking is fine. */
    public interface Task {
        Duration run() throws InterruptedException;
    }

    public void start() {
        thread.start();
    }

    /** Ends the present wait, or the next one. */
    public void wake() {
        wake.release();
    }

    private void loop() {
        try {
            while (!thread.isInterrupted()) {
                Duration wait = turn();
                wake.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
        }
    }

    private Duration turn() throws InterruptedException {
        try {
            return task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed and goes on", thread.getName(), e);
            return AFTER_BUG;
        }
    }

    /** Stops; a task that is running is interrupted. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
