package dev.outrider.sidecar;

import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what a change left behind, once the last exchange and the last relayed connection that
 * began under it, or under what was in force before it, are over: these share parts. Looks each
 * second on a virtual thread of its own, until the sidecar ends.
 */
final class Retirement implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How long the end waits for logs to be written out. */
    private static final Duration LONGEST_END = Duration.ofSeconds(2);

    private final Ticker ticker;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    Retirement(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * {@code gone} are parts that are in use no more, apart from those that {@code kept} has too.
     *
     * @param until what may still use them
     */
    void retire(
            List<AutoCloseable> gone,
            List<AutoCloseable> kept,
            List<Flights> until,
            Runnable afterwards) {
        List<AutoCloseable> parts = without(gone, kept);
        Thread thread =
                Thread.ofVirtual()
                        .name("retire")
                        .unstarted(() -> {
                            wait(until, parts, afterwards);
                            waiting.remove(Thread.currentThread());
                        });
        waiting.add(thread);
        thread.start();
    }

    private void wait(List<Flights> until, List<AutoCloseable> parts, Runnable afterwards) {
        try {
            // At least one look later: somebody may have read the old snapshot just now.
            boolean ending = closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            while (!ending && !until.stream().allMatch(Flights::over)) {
                ending = closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(parts, null);
        afterwards.run();
    }

    /** Closes, in reverse, what is not among {@code kept}. */
    static void close(List<AutoCloseable> parts, @Nullable List<AutoCloseable> kept) {
        for (AutoCloseable part : without(parts, kept == null ? List.of() : kept).reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close: {}", part.getClass().getSimpleName(), e.toString());
            }
        }
    }

    private static List<AutoCloseable> without(
            List<AutoCloseable> parts, List<AutoCloseable> kept) {
        Set<AutoCloseable> same = Collections.newSetFromMap(new IdentityHashMap<>());
        same.addAll(kept);
        return parts.stream().filter(each -> !same.contains(each)).toList();
    }

    /** Closes at once what still waits, and waits for that: a log has lines to write out. */
    @Override
    public void close() {
        closed.countDown();
        long end = ticker.nanos() + LONGEST_END.toNanos();
        try {
            for (Thread each : waiting) {
                var _ = each.join(Duration.ofNanos(Math.max(0, end - ticker.nanos())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
