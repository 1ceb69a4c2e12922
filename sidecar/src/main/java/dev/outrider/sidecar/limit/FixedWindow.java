package dev.outrider.sidecar.limit;

/** Windows that begin at multiples of their length. In the cell: a begin, b used. */
record FixedWindow(long limit, long windowMicros) implements Rule {
    FixedWindow {
        Rule.exact(limit, "the quota");
        Rule.exact(windowMicros, "the window");
    }

    @Override
    public int code() {
        return 1;
    }

    @Override
    public void roll(Cell cell, long now) {
        long begin = now - now % windowMicros;
        if (begin > cell.a) {
            cell.a = begin;
            cell.b = 0;
        }
    }

    @Override
    public long wait(Cell cell, long now, long cost) {
        return cell.b + cost <= limit ? 0 : reset(cell, now);
    }

    @Override
    public void charge(Cell cell, long now, long cost) {
        cell.b += cost;
    }

    @Override
    public void refund(Cell cell, long then, long cost) {
        if (then - then % windowMicros == cell.a) {
            cell.b = Math.max(0, cell.b - cost);
        }
    }

    @Override
    public long remaining(Cell cell, long now) {
        return Math.max(0, limit - cell.b);
    }

    @Override
    public long reset(Cell cell, long now) {
        return cell.a + windowMicros - now;
    }
}
