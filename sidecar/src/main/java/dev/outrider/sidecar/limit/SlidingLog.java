package dev.outrider.sidecar.limit;

import org.jspecify.annotations.Nullable;

/** Counts what came in the last window's time, now included, its begin not. In the cell: log. */
record SlidingLog(long limit, long windowMicros) implements Rule {
    /** What a key may cost in memory: two numbers for each request of its window. */
    static final int MOST_LIMIT = 10_000;

    SlidingLog {
        if (limit < 1 || limit > MOST_LIMIT) {
            throw new IllegalArgumentException(
                    "sliding-log remembers every request, so its quota may be 1 to "
                            + MOST_LIMIT
                            + "; use sliding-counter for more");
        }
        Rule.exact(windowMicros, "the window");
    }

    @Override
    public int code() {
        return 2;
    }

    @Override
    public void roll(Cell cell, long now) {
        if (cell.log != null) {
            cell.log.dropUntil(now - windowMicros);
        }
    }

    @Override
    public long wait(Cell cell, long now, long cost) {
        Stamps log = cell.log;
        if (log == null || log.total() + cost <= limit) {
            return 0;
        }
        long lacking = log.total() + cost - limit;
        int i = 0;
        for (long freed = log.costOf(0); freed < lacking && i < log.size() - 1; ) {
            freed += log.costOf(++i);
        }
        return log.timeOf(i) + windowMicros - now;
    }

    @Override
    public void charge(Cell cell, long now, long cost) {
        Stamps log = cell.log;
        if (log == null) {
            log = new Stamps();
            cell.log = log;
        }
        log.add(Math.max(now, log.lastTime()), cost);
    }

    /** The stamp may be a later one of the same cost: that refuses a little longer, never less. */
    @Override
    public void refund(Cell cell, long then, long cost) {
        if (cell.log != null) {
            cell.log.remove(then, cost);
        }
    }

    @Override
    public long remaining(Cell cell, long now) {
        return Math.max(0, limit - used(cell.log));
    }

    @Override
    public long reset(Cell cell, long now) {
        return cell.log == null || cell.log.size() == 0
                ? 0
                : cell.log.lastTime() + windowMicros - now;
    }

    private static long used(@Nullable Stamps log) {
        return log == null ? 0 : log.total();
    }
}
