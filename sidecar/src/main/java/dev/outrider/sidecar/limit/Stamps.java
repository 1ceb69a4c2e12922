package dev.outrider.sidecar.limit;

import java.util.Arrays;

/** The requests of a window in order: when, and at what cost. Guarded by its stripe. */
final class Stamps {
    private static final int FIRST_SIZE = 8;

    /** Pairs of time and cost, as a ring. */
    private long[] ring = new long[2 * FIRST_SIZE];

    private int first;
    private int size;
    private long total;

    int size() {
        return size;
    }

    /** How many it has room for. */
    int room() {
        return ring.length / 2;
    }

    /** The sum of the costs. */
    long total() {
        return total;
    }

    long timeOf(int index) {
        return ring[at(index)];
    }

    long costOf(int index) {
        return ring[at(index) + 1];
    }

    long lastTime() {
        return size == 0 ? 0 : timeOf(size - 1);
    }

    void add(long time, long cost) {
        if (size == room()) {
            grow();
        }
        int at = at(size++);
        ring[at] = time;
        ring[at + 1] = cost;
        total += cost;
    }

    /** Drops what came at {@code until} or before. */
    void dropUntil(long until) {
        while (size > 0 && ring[at(0)] <= until) {
            total -= ring[at(0) + 1];
            first = (first + 1) % room();
            size--;
        }
    }

    /** Takes one request of that cost back that came at that time or after it, if one is there. */
    void remove(long time, long cost) {
        for (int i = size - 1; i >= 0 && timeOf(i) >= time; i--) {
            if (costOf(i) == cost) {
                for (int j = i; j < size - 1; j++) {
                    ring[at(j)] = timeOf(j + 1);
                    ring[at(j) + 1] = costOf(j + 1);
                }
                size--;
                total -= cost;
                return;
            }
        }
    }

    private int at(int index) {
        return (first + index) % room() * 2;
    }

    private void grow() {
        long[] larger = Arrays.copyOf(ring, 2 * ring.length);
        for (int i = 0; i < size; i++) {
            larger[2 * i] = timeOf(i);
            larger[2 * i + 1] = costOf(i);
        }
        first = 0;
        ring = larger;
    }
}
