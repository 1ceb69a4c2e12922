package dev.outrider.sidecar.limit;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One part of the local store: a hash table of flat numbers, chained by index, which grows to its
 * bound and no further. Everything but {@link #lock} and {@link #unlock} only by who holds it.
 *
 * <p>A cell whose quota is whole again is as good as none, and its place is taken first. At the
 * bound a sample of {@link #SAMPLE} cells is looked at: one that is as good as none goes, else the
 * one closest to that among those that are not at their limit, and only when all are at it one of
 * those. So who fills the table with made-up keys does not wash out the keys that are refused.
 */
final class Stripe {
    private static final int FIRST_SIZE = 16;
    private static final int SAMPLE = 32;
    private static final int SPINS = 200;

    /** Of a cell's numbers: its key, its four values, when it is as good as none, and left. */
    private static final int WIDTH = 8;

    private static final int LOW = 1;
    private static final int A = 2;
    private static final int EXPIRES = 6;
    private static final int AT_LIMIT = 7;

    private static final int NONE = -1;
    private static final int FREE = -2;

    private final AtomicBoolean locked = new AtomicBoolean();
    private final int most;
    private final long mostStamps;

    private int[] heads = filled(FIRST_SIZE);
    private int[] next = new int[FIRST_SIZE];
    private long[] data = new long[FIRST_SIZE * WIDTH];
    private @Nullable Stamps[] logs = new Stamps[0];

    /** Cells ever used lie below; those given back are chained from {@link #free}. */
    private int used;

    private int free = NONE;
    private int count;
    private long stamps;
    private int hand;
    private long evicted;
    private long evictedAtLimit;

    Stripe(int most, long mostStamps) {
        this.most = most;
        this.mostStamps = mostStamps;
    }

    private static int[] filled(int size) {
        int[] ints = new int[size];
        Arrays.fill(ints, NONE);
        return ints;
    }

    /** Whoever holds it is done in nanoseconds, unless the machine has taken its core away. */
    void lock() {
        while (!locked.compareAndSet(false, true)) {
            for (int i = 0; locked.get() && i < SPINS; i++) {
                Thread.onSpinWait();
            }
            if (locked.get()) {
                Thread.yield();
            }
        }
    }

    void unlock() {
        locked.set(false);
    }

    /** Copies what is known of the key. */
    void load(long high, long low, Cell cell) {
        int slot = find(high, low);
        cell.slot = slot;
        if (slot == NONE) {
            cell.clear();
            return;
        }
        int at = slot * WIDTH + A;
        cell.a = data[at];
        cell.b = data[at + 1];
        cell.c = data[at + 2];
        cell.d = data[at + 3];
        cell.log = slot < logs.length ? logs[slot] : null;
    }

    /** Writes back what {@link #load} gave, perhaps changed. */
    void save(long high, long low, Cell cell, long now, long expires, boolean atLimit) {
        int slot = cell.slot;
        if (slot == NONE || !holds(slot, high, low)) {
            slot = find(high, low);
        }
        if (slot == NONE) {
            slot = insert(high, low, now);
        }
        int at = slot * WIDTH;
        data[at + A] = cell.a;
        data[at + A + 1] = cell.b;
        data[at + A + 2] = cell.c;
        data[at + A + 3] = cell.d;
        data[at + EXPIRES] = expires;
        data[at + AT_LIMIT] = atLimit ? 1 : 0;
        if (cell.log != null) {
            keep(slot, cell.log, now);
        }
    }

    void remove(long high, long low) {
        int slot = find(high, low);
        if (slot != NONE) {
            drop(slot);
        }
    }

    private boolean holds(int slot, long high, long low) {
        int at = slot * WIDTH;
        return next[slot] != FREE && data[at] == high && data[at + LOW] == low;
    }

    private int find(long high, long low) {
        int slot = heads[(int) high & heads.length - 1];
        while (slot != NONE) {
            int at = slot * WIDTH;
            if (data[at] == high && data[at + LOW] == low) {
                return slot;
            }
            slot = next[slot];
        }
        return NONE;
    }

    private int insert(long high, long low, long now) {
        if (count >= next.length && next.length < most && !sweep(now)) {
            grow();
        }
        if (count >= Math.min(most, next.length)) {
            evict(now, NONE);
        }
        int slot = free;
        if (slot == NONE) {
            slot = used++;
        } else {
            free = (int) data[slot * WIDTH];
        }
        int head = (int) high & heads.length - 1;
        data[slot * WIDTH] = high;
        data[slot * WIDTH + LOW] = low;
        next[slot] = heads[head];
        heads[head] = slot;
        count++;
        return slot;
    }

    /** Looks for room before growing; true if a quarter is free now, so that it pays. */
    private boolean sweep(long now) {
        for (int slot = 0; slot < used; slot++) {
            if (next[slot] != FREE && data[slot * WIDTH + EXPIRES] <= now) {
                drop(slot);
            }
        }
        return count <= next.length - next.length / 4;
    }

    private void grow() {
        int size = Math.min(most, 2 * next.length);
        next = Arrays.copyOf(next, size);
        data = Arrays.copyOf(data, size * WIDTH);
        heads = filled(Integer.highestOneBit(2 * size - 1));
        for (int slot = 0; slot < used; slot++) {
            if (next[slot] != FREE) {
                int head = (int) data[slot * WIDTH] & heads.length - 1;
                next[slot] = heads[head];
                heads[head] = slot;
            }
        }
    }

    /** Frees the least missed of a sample, other than {@code spared}. */
    private void evict(long now, int spared) {
        int victim = NONE;
        for (int seen = 0; seen < SAMPLE && seen < used; seen++) {
            hand = hand + 1 < used ? hand + 1 : 0;
            if (next[hand] == FREE || hand == spared || spared != NONE && !hasLog(hand)) {
                continue;
            }
            if (data[hand * WIDTH + EXPIRES] <= now) {
                drop(hand);
                return;
            }
            if (victim == NONE || rank(hand) < rank(victim)) {
                victim = hand;
            }
        }
        if (victim != NONE) {
            evicted++;
            evictedAtLimit += data[victim * WIDTH + AT_LIMIT];
            drop(victim);
        }
    }

    /** Lower is missed less: first all that are not at their limit, by when they end. */
    private long rank(int slot) {
        long atLimit = data[slot * WIDTH + AT_LIMIT];
        return data[slot * WIDTH + EXPIRES] / 2 + (atLimit == 0 ? 0 : Long.MAX_VALUE / 2);
    }

    private void drop(int slot) {
        int head = (int) data[slot * WIDTH] & heads.length - 1;
        if (heads[head] == slot) {
            heads[head] = next[slot];
        } else {
            int before = heads[head];
            while (next[before] != slot) {
                before = next[before];
            }
            next[before] = next[slot];
        }
        next[slot] = FREE;
        if (hasLog(slot)) {
            stamps -= room(slot);
            logs[slot] = null;
        }
        data[slot * WIDTH] = free;
        free = slot;
        count--;
    }

    // ---- logs, which are larger than the cells and have a bound of their own

    private boolean hasLog(int slot) {
        return slot < logs.length && logs[slot] != null;
    }

    private long room(int slot) {
        Stamps log = logs[slot];
        return log == null ? 0 : log.room();
    }

    private void keep(int slot, Stamps log, long now) {
        if (slot >= logs.length) {
            logs = Arrays.copyOf(logs, next.length);
        }
        if (logs[slot] != log) {
            logs[slot] = log;
            data[slot * WIDTH + A] = 0;
        }
        // The cell's first number says how much room of the log has been counted.
        stamps += log.room() - data[slot * WIDTH + A];
        data[slot * WIDTH + A] = log.room();
        for (int tries = 0; stamps > mostStamps && tries < SAMPLE; tries++) {
            evict(now, slot);
        }
    }

    // ---- for metrics

    int count() {
        return count;
    }

    long evicted() {
        return evicted;
    }

    long evictedAtLimit() {
        return evictedAtLimit;
    }
}
