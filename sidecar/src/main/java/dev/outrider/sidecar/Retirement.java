package dev.outrider.sidecar;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what a change left behind, once the last exchange that began under it is over. Looks each
 * second on a virtual thread of its own, until the sidecar ends.
 */
final class Retirement implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final CountDownLatch closed = new CountDownLatch(1);

    /** {@code gone} is in force no more; {@code next} is, and shares parts with it. */
    void retire(InForce gone, InForce next, Runnable afterwards) {
        List<AutoCloseable> kept = next.parts();
        List<AutoCloseable> parts = without(gone.parts(), kept);
        var _ = Thread.ofVirtual().name("retire").start(() -> wait(gone, parts, afterwards));
    }

    private void wait(InForce gone, List<AutoCloseable> parts, Runnable afterwards) {
        try {
            // At least one look later: somebody may have read the old snapshot just now.
            boolean ending = closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            while (!ending && gone.flights().underWay() > 0) {
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

    @Override
    public void close() {
        closed.countDown();
    }
}
