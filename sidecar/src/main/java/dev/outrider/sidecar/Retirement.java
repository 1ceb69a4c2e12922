package dev.outrider.sidecar;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what changes leave behind. A snapshot is in use while it is in force, and after that until
 * the last exchange and the last relayed connection that began under it are over. A part is closed
 * once no snapshot in use has it, however old the others are: a connection that lives for days
 * keeps what it began with, and nothing of the thousand changes that came after.
 *
 * <p>Whoever reads which snapshot holds counts himself in the same task of his event loop. So after
 * a change each loop is passed once before the counts are believed. Looks each second, on one
 * virtual thread from the first change on; its methods may be called from any.
 */
final class Retirement implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How long the end waits for logs to be written out. */
    private static final Duration LONGEST_END = Duration.ofSeconds(2);

    private final Iterable<EventExecutor> loops;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The last is the one in force. Guarded by this. */
    private final List<Use> inUse = new ArrayList<>();

    private @Nullable Thread thread;

    /**
     * A snapshot, as far as it matters here.
     *
     * @param readers loops that may have read it and not counted themselves yet; and one more while
     *     it can be read
     */
    private record Use(Flights flights, List<AutoCloseable> parts, AtomicInteger readers) {
        boolean over() {
            return readers.get() == 0 && flights.over();
        }
    }

    Retirement(Iterable<EventExecutor> loops) {
        this.loops = loops;
    }

    /** A snapshot comes into force; call {@link #left} when nobody can read the one before. */
    synchronized void entered(Flights flights, List<AutoCloseable> parts) {
        inUse.add(new Use(flights, parts, new AtomicInteger(1)));
    }

    /** No loop finds an earlier snapshot than the last any more. */
    synchronized void left() {
        if (inUse.size() < 2) {
            return;
        }
        AtomicInteger readers = inUse.get(inUse.size() - 2).readers();
        for (EventExecutor loop : loops) {
            var _ = readers.incrementAndGet();
            try {
                loop.execute(readers::decrementAndGet);
            } catch (RejectedExecutionException e) {
                var _ = readers.decrementAndGet(); // it has ended, and nothing begins on it
            }
        }
        var _ = readers.decrementAndGet();
        if (thread == null) {
            thread = Thread.ofVirtual().name("retirement").start(this::run);
        }
    }

    /** The counts of all snapshots in use. */
    synchronized List<Flights> flights() {
        return inUse.stream().map(Use::flights).toList();
    }

    private void run() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(take(true), null);
    }

    /** Closes what nothing uses any more. */
    void look() {
        close(take(false), null);
    }

    /**
     * Forgets the snapshots that are over.
     *
     * @param all whether or not they are, the one in force apart
     * @return what only they had
     */
    private synchronized List<AutoCloseable> take(boolean all) {
        List<AutoCloseable> gone = new ArrayList<>();
        List<Use> left = new ArrayList<>();
        Use inForce = inUse.removeLast();
        for (Use each : inUse) {
            if (all || each.over()) {
                gone.addAll(each.parts());
            } else {
                left.add(each);
            }
        }
        left.add(inForce);
        inUse.clear();
        inUse.addAll(left);
        return without(gone, inUse.stream().flatMap(each -> each.parts().stream()).toList());
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

    /** Each once, and none that is kept. */
    private static List<AutoCloseable> without(
            List<AutoCloseable> parts, List<AutoCloseable> kept) {
        Set<AutoCloseable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.addAll(kept);
        return parts.stream().filter(seen::add).toList();
    }

    /** Closes at once what still waits, and waits for that: a log has lines to write out. */
    @Override
    public void close() {
        closed.countDown();
        Thread last;
        synchronized (this) {
            last = thread;
        }
        try {
            if (last != null) {
                var _ = last.join(LONGEST_END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
