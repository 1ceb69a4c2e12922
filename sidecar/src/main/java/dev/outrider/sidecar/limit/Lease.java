package dev.outrider.sidecar.limit;

/**
 * What this proxy has taken of a quota that lies in Redis: prepaid units that it may let through on
 * its own, until a time. In the cell: a valid until, b units left, c refused until, d what Redis
 * had left.
 *
 * @param rule how Redis counts
 * @param batch the most units held at once
 */
record Lease(Rule rule, long batch) implements Rule {
    /** The answer of {@link #wait} when only Redis knows. */
    static final long ASK = -1;

    @Override
    public long limit() {
        return rule.limit();
    }

    @Override
    public long windowMicros() {
        return rule.windowMicros();
    }

    @Override
    public int code() {
        return rule.code();
    }

    @Override
    public long unit() {
        return rule.unit();
    }

    @Override
    public long gain() {
        return rule.gain();
    }

    @Override
    public void roll(Cell cell, long now) {
        if (now >= cell.a) {
            cell.b = 0;
        }
    }

    @Override
    public long wait(Cell cell, long now, long cost) {
        if (cell.b >= cost) {
            return 0;
        }
        return cell.c > now ? cell.c - now : ASK;
    }

    @Override
    public void charge(Cell cell, long now, long cost) {
        cell.b -= cost;
    }

    @Override
    public void refund(Cell cell, long then, long cost) {
        if (then < cell.a) {
            cell.b = Math.min(batch, cell.b + cost);
        }
    }

    @Override
    public long remaining(Cell cell, long now) {
        return cell.b + (cell.c > now ? 0 : cell.d);
    }

    @Override
    public long reset(Cell cell, long now) {
        return Math.max(0, Math.max(cell.a, cell.c) - now);
    }

    /**
     * Takes over what Redis granted.
     *
     * @param validUntil when the grant must be used by
     * @param refusedUntil 0 unless Redis gave less than one request needs
     */
    void granted(Cell cell, long units, long left, long validUntil, long refusedUntil) {
        // A fixed window's grant is no good in the next window; elsewhere old units may be kept.
        if (rule instanceof FixedWindow && validUntil - cell.a > windowMicros() / 2) {
            cell.b = 0;
        }
        cell.a = validUntil;
        cell.b += units;
        cell.c = refusedUntil;
        cell.d = left;
    }
}
