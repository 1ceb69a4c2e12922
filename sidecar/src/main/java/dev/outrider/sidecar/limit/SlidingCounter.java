package dev.outrider.sidecar.limit;

/**
 * This window's count, and of the last window's the share that a sliding window would still see.
 * The share falls in {@link #STEPS} steps, rounded up, so that all numbers stay small. In the cell:
 * a begin of this window, b its count, c the last one's.
 */
record SlidingCounter(long limit, long windowMicros) implements Rule {
    static final long STEPS = 10_000;

    SlidingCounter {
        Rule.exact(limit, "the quota");
        Rule.exact(windowMicros, "the window");
        Rule.exact(limit * STEPS, "the quota");
    }

    @Override
    public int code() {
        return 3;
    }

    private long step() {
        return Rule.ceil(windowMicros, STEPS);
    }

    @Override
    public void roll(Cell cell, long now) {
        long begin = now - now % windowMicros;
        if (begin > cell.a) {
            cell.c = cell.a == begin - windowMicros ? cell.b : 0;
            cell.b = 0;
            cell.a = begin;
        }
    }

    /** What of the last window counts, in steps. */
    private long past(Cell cell, long now) {
        return cell.c * (STEPS - Math.max(0, now - cell.a) / step());
    }

    @Override
    public long wait(Cell cell, long now, long cost) {
        long free = limit - cell.b - cost;
        if (past(cell, now) <= free * STEPS) {
            return 0;
        }
        if (free >= 0) {
            long at = fits(cell.c, free);
            if (at < windowMicros) {
                return cell.a + at - now;
            }
        }
        return cell.a + windowMicros + Math.min(fits(cell.b, limit - cost), windowMicros) - now;
    }

    /** How far into a window {@code count} of the one before weighs no more than {@code free}. */
    private long fits(long count, long free) {
        return count <= free ? 0 : (STEPS - free * STEPS / count) * step();
    }

    @Override
    public void charge(Cell cell, long now, long cost) {
        cell.b += cost;
    }

    @Override
    public void refund(Cell cell, long then, long cost) {
        long begin = then - then % windowMicros;
        if (begin == cell.a) {
            cell.b = Math.max(0, cell.b - cost);
        } else if (begin == cell.a - windowMicros) {
            cell.c = Math.max(0, cell.c - cost);
        }
    }

    @Override
    public long remaining(Cell cell, long now) {
        return Math.max(0, (limit - cell.b) * STEPS - past(cell, now)) / STEPS;
    }

    @Override
    public long reset(Cell cell, long now) {
        long windows = cell.b > 0 ? 2 : cell.c > 0 ? 1 : 0;
        return windows == 0 ? 0 : cell.a + windows * windowMicros - now;
    }
}
