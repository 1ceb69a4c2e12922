package dev.outrider.sidecar.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Callers of all kinds, each on a thread of its own, and what became of their calls. */
final class Load implements AutoCloseable {
    private static final long PACE_NANOS = 5_000_000;
    private static final int FAILURES_KEPT = 50;

    /** Calls share it; fair, so that whoever wants silence gets it. */
    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);

    private final List<Tally> tallies = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Random seeds;
    private volatile boolean over;

    Load(long seed) {
        this.seeds = new Random(seed);
    }

    /** Before {@link #start}; {@code outages} are those of the service that is called. */
    void add(String kind, Outages outages, Caller caller) {
        Tally tally = new Tally(kind, outages);
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
        } catch (IOException e) {
            failures.add(tally.kind() + " did not close: " + e);
        }
    }

    private void once(Tally tally, Caller caller, Random random) {
        long mark = tally.mark();
        try {
            caller.call(random);
            tally.good();
        } catch (IOException | RuntimeException e) {
            if (tally.failed(e, mark) == null && failures.size() < FAILURES_KEPT) {
                failures.add(tally.kind() + ": " + e);
            }
        }
    }

    /** Does it while nothing is under way and nothing begins. */
    void inSilence(Runnable what) {
        gate.writeLock().lock();
        try {
            what.run();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Returns when every call that was under way is over. */
    void turnOver() {
        inSilence(() -> {});
    }

    long done() {
        return tallies.stream().mapToLong(Tally::calls).sum();
    }

    List<Tally> tallies() {
        return List.copyOf(tallies);
    }

    /** What nothing excuses. */
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
