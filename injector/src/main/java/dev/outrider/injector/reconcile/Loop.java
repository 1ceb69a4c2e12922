package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that is run again and again on one virtual thread: when it is poked, and after {@code
 * period} in any case, so that nothing is missed for good. It fails as often as it must; each new
 * reason is said once.
 */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private static final Duration REST = Duration.ofMillis(100);

    private final String name;
    private final Duration period;
    private final Task task;
    private final Semaphore pokes = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private String problem = "";

    /** One round. */
    interface Task {
        void run() throws KubeException, InterruptedException;
    }

    Loop(String name, Duration period, Task task) {
        this.name = name;
        this.period = period;
        this.task = task;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::rounds);
    }

    Loop start() {
        thread.start();
        return this;
    }

    void poke() {
        pokes.release();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rounds() {
        try {
            while (!closed) {
                round();
                // What comes in a burst is looked at together.
                Thread.sleep(REST);
                if (pokes.tryAcquire(period.toMillis(), TimeUnit.MILLISECONDS)) {
                    pokes.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            // close() woke us.
        }
    }

    private void round() throws InterruptedException {
        try {
            task.run();
            if (!problem.isEmpty()) {
                problem = "";
                LOG.info("{}: works again", name);
            }
        } catch (KubeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("{} failed, trying again", name, e);
        }
    }

    private void failed(String message) {
        if (!message.equals(problem)) {
            LOG.warn("{}: trying again: {}", name, message);
        }
        problem = message;
    }
}
