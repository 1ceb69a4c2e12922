package dev.outrider.sidecar.limit;

/**
 * Token bucket and leaky bucket, which are one seen from two sides: what is owed drains at a steady
 * rate, and no more than {@code limit} may be owed. A unit of the quota is {@code unit} grains, of
 * which {@code gain} drain in a microsecond, so no fraction is ever lost. In the cell: a time of
 * the last look, b grains owed.
 */
record Bucket(long limit, long windowMicros, long unit, long gain) implements Rule {
    Bucket {
        Rule.exact(windowMicros, "the window");
        if (limit > MOST / 4 / unit) {
            throw new IllegalArgumentException(
                    "a capacity of "
                            + limit
                            + " with this quota and window cannot be counted exactly; choose a"
                            + " rounder quota, such as a divisor of the window's seconds, or a"
                            + " smaller capacity");
        }
    }

    /** {@code quota} units in a window's time, at most {@code capacity} at once. */
    static Bucket of(long capacity, long quota, long windowMicros) {
        Rule.exact(quota, "the quota");
        Rule.exact(windowMicros, "the window");
        Rule.exact(capacity, "the capacity");
        long divisor = divisor(quota, windowMicros);
        return new Bucket(capacity, windowMicros, windowMicros / divisor, quota / divisor);
    }

    private static long divisor(long x, long y) {
        return y == 0 ? x : divisor(y, x % y);
    }

    @Override
    public int code() {
        return 4;
    }

    @Override
    public void roll(Cell cell, long now) {
        if (now > cell.a) {
            long drained = Math.min(now - cell.a, Rule.ceil(cell.b, gain)) * gain;
            cell.b = Math.max(0, cell.b - drained);
            cell.a = now;
        }
    }

    @Override
    public long wait(Cell cell, long now, long cost) {
        long over = cell.b + cost * unit - limit * unit;
        return over <= 0 ? 0 : Rule.ceil(over, gain) + cell.a - now;
    }

    @Override
    public void charge(Cell cell, long now, long cost) {
        cell.b += cost * unit;
    }

    @Override
    public void refund(Cell cell, long then, long cost) {
        cell.b = Math.max(0, cell.b - cost * unit);
    }

    @Override
    public long remaining(Cell cell, long now) {
        return Math.max(0, limit * unit - cell.b) / unit;
    }

    @Override
    public long reset(Cell cell, long now) {
        return cell.b == 0 ? 0 : Rule.ceil(cell.b, gain) + cell.a - now;
    }
}
