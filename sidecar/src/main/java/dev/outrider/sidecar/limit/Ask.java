package dev.outrider.sidecar.limit;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request's question to a store, for all its quotas at once, and the answer. Made to be used
 * again and again by one thread, so that a decision leaves no garbage.
 */
final class Ask {
    /** What came of it. */
    enum Answer {
        ALLOWED,
        REFUSED,
        /** No quota refuses, but a lease is empty and Redis must be asked. */
        LACKING
    }

    /** 128 bits that stand for a key. */
    static final class Key {
        long high;
        long low;
    }

    private int size;
    private Rule[] rules;
    private @Nullable Quota[] quotas;
    private long[] high;
    private long[] low;
    private int[] costs;
    private boolean[] dry;
    private Cell[] cells;
    private long[] waits;
    private long[] remaining;
    private long[] resets;
    private long now;
    private Answer answer = Answer.ALLOWED;

    Ask(int room) {
        rules = new Rule[room];
        quotas = new Quota[room];
        high = new long[room];
        low = new long[room];
        costs = new int[room];
        dry = new boolean[room];
        cells = new Cell[0];
        waits = new long[room];
        remaining = new long[room];
        resets = new long[room];
        room(room);
    }

    private void room(int room) {
        rules = Arrays.copyOf(rules, room);
        quotas = Arrays.copyOf(quotas, room);
        high = Arrays.copyOf(high, room);
        low = Arrays.copyOf(low, room);
        costs = Arrays.copyOf(costs, room);
        dry = Arrays.copyOf(dry, room);
        waits = Arrays.copyOf(waits, room);
        remaining = Arrays.copyOf(remaining, room);
        resets = Arrays.copyOf(resets, room);
        int made = cells.length;
        cells = Arrays.copyOf(cells, room);
        for (int i = made; i < room; i++) {
            cells[i] = new Cell();
        }
    }

    void clear() {
        size = 0;
    }

    /** Adds a quota; one that is {@code dryRun} is charged when it admits, and never refuses. */
    void add(Rule rule, long keyHigh, long keyLow, int cost, boolean dryRun) {
        if (size == rules.length) {
            room(2 * size);
        }
        rules[size] = rule;
        high[size] = keyHigh;
        low[size] = keyLow;
        costs[size] = cost;
        dry[size] = dryRun;
        size++;
    }

    /** The same for a configured quota, counted under {@code rule}. */
    void add(Quota quota, Rule rule, long keyHigh, long keyLow, int cost) {
        add(rule, keyHigh, keyLow, cost, quota.limit().config().dryRun());
        quotas[size - 1] = quota;
    }

    /** The quota at {@code i}, which was added as one. */
    Quota quota(int i) {
        return Objects.requireNonNull(quotas[i]);
    }

    int size() {
        return size;
    }

    Rule rule(int i) {
        return rules[i];
    }

    long high(int i) {
        return high[i];
    }

    long low(int i) {
        return low[i];
    }

    int cost(int i) {
        return costs[i];
    }

    boolean dry(int i) {
        return dry[i];
    }

    Cell cell(int i) {
        return cells[i];
    }

    // ---- the answer

    void answered(Answer answer, long now) {
        this.answer = answer;
        this.now = now;
    }

    void answered(int i, long wait, long left, long reset) {
        waits[i] = wait;
        remaining[i] = left;
        resets[i] = reset;
    }

    /** Takes the answers of one that asked the same, cells included. */
    void copyAnswers(Ask same) {
        answered(same.answer, same.now);
        for (int i = 0; i < size; i++) {
            answered(i, same.waits[i], same.remaining[i], same.resets[i]);
            cells[i].b = same.cells[i].b;
            cells[i].c = same.cells[i].c;
            cells[i].d = same.cells[i].d;
        }
    }

    Answer answer() {
        return answer;
    }

    /** When it was decided. */
    long now() {
        return now;
    }

    /** How long until this cost fits, 0 if it did, {@link Lease#ASK} if only Redis knows. */
    long wait(int i) {
        return waits[i];
    }

    long remaining(int i) {
        return remaining[i];
    }

    long reset(int i) {
        return resets[i];
    }

    boolean refuses(int i) {
        return waits[i] > 0 && !dry[i];
    }

    /**
     * The one that says most: of those that refuse the one that does so longest, else the one with
     * the fewest requests left; -1 if all are dry runs.
     */
    int tightest() {
        int tightest = -1;
        for (int i = 0; i < size; i++) {
            if (!dry[i] && (tightest < 0 || tighter(i, tightest))) {
                tightest = i;
            }
        }
        return tightest;
    }

    private boolean tighter(int i, int than) {
        if (waits[i] > 0 || waits[than] > 0) {
            return waits[i] > waits[than];
        }
        long requests = remaining[i] / costs[i];
        long others = remaining[than] / costs[than];
        return requests < others || requests == others && resets[i] > resets[than];
    }
}
