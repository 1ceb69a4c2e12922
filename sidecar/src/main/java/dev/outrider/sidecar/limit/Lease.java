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

    /** How long a grant is good for, when Redis says {@code reset} until its quota is whole. */
    long goodFor(long reset) {
        return switch (rule) {
            case FixedWindow _ -> reset;
            case SlidingLog it -> it.windowMicros();
            case SlidingCounter it -> it.windowMicros();
            case Bucket it -> Rule.ceil(it.limit() * it.unit(), it.gain());
            case Lease _, Denial _ -> throw new IllegalStateException("a lease of " + rule);
        };
    }

    /** Takes units over that are good until then. */
    void granted(Cell cell, long units, long validUntil) {
        // A fixed window's grant is no good in the next window; elsewhere old units may be kept.
        if (rule instanceof FixedWindow && validUntil - cell.a > windowMicros() / 2) {
            cell.b = 0;
        }
        cell.a = validUntil;
        cell.b += units;
    }

    /** Notes what Redis has left, and until when it gives nothing; 0 if it may be asked again. */
    void noted(Cell cell, long left, long refusedUntil) {
        cell.c = refusedUntil;
        cell.d = left;
    }

    /** Whether it is time to ask for more before the last unit is gone. */
    boolean low(Cell cell, long now) {
        return cell.d > 0 && cell.c <= now && cell.b * 2 < batch;
    }
}
