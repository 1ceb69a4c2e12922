package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Callers of all kinds, each on a thread of its own, and what became of their calls. */
final class Load implements AutoCloseable {
    private static final long PACE_NANOS = 5_000_000;
    private static final int FAILURES_KEPT = 50;

    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Random seeds;
    private volatile boolean over;

    /**
     * What becomes of one kind of call.
     *
     * @param outages of the app that is called
     * @param repeatable whether a sidecar may always try again until an answer has begun
     */
    record Tally(
            String kind,
            Outages outages,
            boolean repeatable,
            LongAdder good,
            LongAdder excused,
            LongAdder failed) {
        @Override
        public String toString() {
            return "%-34s %8d good %5d excused %3d failed"
                    .formatted(kind, good.sum(), excused.sum(), failed.sum());
        }
    }

    Load(long seed) {
        this.seeds = new Random(seed);
    }

    /** Before {@link #start}. */
    void add(String kind, Outages outages, boolean repeatable, Caller caller) {
        Tally tally =
                new Tally(
                        kind,
                        outages,
                        repeatable,
                        new LongAdder(),
                        new LongAdder(),
                        new LongAdder());
        tallies.add(tally);
        Random random = new Random(seeds.nextLong());
        threads.add(Thread.ofPlatform().name(kind).unstarted(() -> run(tally, caller, random)));
    }

    void start() {
        threads.forEach(Thread::start);
    }

    private void run(Tally tally, Caller caller, Random random) {
        try (caller) {
            while (!over) {
                gate.readLock().lock();
                try {
                    once(tally, caller, random);
                } finally {
                    gate.readLock().unlock();
                }
                LockSupport.parkNanos(PACE_NANOS); // the machine is not the subject
            }
        } catch (IOException | RuntimeException e) {
            failures.add(tally.kind() + " broke off: " + e);
        }
    }

    private void once(Tally tally, Caller caller, Random random) {
        long mark = tally.outages().mark();
        try {
            caller.call(random);
            tally.good().increment();
        } catch (IOException e) {
            boolean may = !tally.repeatable() || e instanceof Cut;
            if (may && tally.outages().since(mark)) {
                tally.excused().increment();
            } else {
                tally.failed().increment();
                if (failures.size() < FAILURES_KEPT) {
                    failures.add(tally.kind() + ": " + e.getMessage());
                }
            }
        }
    }

    /** Returns when nothing is under way, and nothing begins until {@link #resume}. */
    void pause() {
        gate.writeLock().lock();
    }

    void resume() {
        gate.writeLock().unlock();
    }

    /** Returns when every call that was under way is over. */
    void turnOver() {
        pause();
        resume();
    }

    long done() {
        return tallies.stream()
                .mapToLong(each -> each.good().sum() + each.excused().sum() + each.failed().sum())
                .sum();
    }

    List<Tally> tallies() {
        return List.copyOf(tallies);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Ends after the calls under way. */
    @Override
    public void close() {
        over = true;
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
