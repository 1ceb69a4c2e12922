package dev.outrider.sidecar.resilience;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the calls to a destination that run at once. Shared by all loops, lock-free. Whoever has a
 * place must {@link #leave} it exactly once; the place then goes to the longest waiting call.
 *
 * <p>No wake-up is lost: one who queues looks for a free place after it is in the queue, one who
 * frees a place looks at the queue afterwards, and both steps are sequentially consistent.
 */
public final class Bulkhead {
    /** What came of {@link #enter}. */
    public enum Entry {
        /** The caller has a place. */
        ENTERED,
        /** The waiter will be granted a place, perhaps already has been. */
        QUEUED,
        /** No place, and no place in the queue. */
        FULL
    }

    /** One call that may have to wait; used for one {@link #enter} only. */
    public static final class Waiter {
        private enum Fate {
            WAITING,
            GRANTED,
            CANCELLED
        }

        private final Runnable granted;
        private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.WAITING);

        /**
         * {@code granted} runs once, on whatever thread freed the place and perhaps before {@code
         * enter} returns; it must hop to its own loop and must not throw.
         */
        public Waiter(Runnable granted) {
            this.granted = granted;
        }

        private boolean become(Fate next) {
            return fate.compareAndSet(Fate.WAITING, next);
        }
    }

    private final String name;
    private final BulkheadConfig config;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();
    private final LongAdder refused = new LongAdder();

    public Bulkhead(String name, BulkheadConfig config) {
        this.name = name;
        this.config = config;
    }

    public String name() {
        return name;
    }

    /** Takes a place if one is free; the fast path, which allocates nothing. */
    public boolean tryEnter() {
        return raise(taken, config.concurrent());
    }

    /** Takes a place, or a place in the queue. The caller times its wait with {@link #cancel}. */
    public Entry enter(Waiter waiter) {
        if (tryEnter()) {
            return Entry.ENTERED;
        }
        if (!raise(waiting, config.queued())) {
            refused.increment();
            return Entry.FULL;
        }
        queue.add(waiter);
        if (tryEnter()) {
            leave();
        }
        return Entry.QUEUED;
    }

    /** Gives a place back. */
    public void leave() {
        do {
            if (handOver()) {
                return;
            }
            taken.decrementAndGet();
        } while (!queue.isEmpty() && tryEnter());
    }

    /**
     * Stops waiting. False when the grant won the race: the waiter has or gets a place, and must
     * leave it.
     */
    public boolean cancel(Waiter waiter) {
        if (!waiter.become(Waiter.Fate.CANCELLED)) {
            return false;
        }
        // Waits mostly end in the order they began, so this looks at the head of the queue.
        if (queue.remove(waiter)) {
            waiting.decrementAndGet();
        }
        return true;
    }

    /** Places taken now, never more than {@code concurrent}. */
    public int taken() {
        return taken.get();
    }

    /** Calls waiting now. */
    public int waiting() {
        return waiting.get();
    }

    /** Calls refused because the queue was full. */
    public long refused() {
        return refused.sum();
    }

    public BulkheadConfig config() {
        return config;
    }

    /** Passes the caller's place on; false if nobody waits. */
    private boolean handOver() {
        for (Waiter next = queue.poll(); next != null; next = queue.poll()) {
            waiting.decrementAndGet();
            if (next.become(Waiter.Fate.GRANTED)) {
                next.granted.run();
                return true;
            }
        }
        return false;
    }

    private static boolean raise(AtomicInteger count, int most) {
        while (true) {
            int seen = count.get();
            if (seen >= most) {
                return false;
            }
            if (count.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
    }
}
