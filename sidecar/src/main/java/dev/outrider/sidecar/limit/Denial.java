package dev.outrider.sidecar.limit;

/**
 * That Redis has refused a key just now: until the time it named it would refuse the same again, so
 * it is not asked, and a client that goes on regardless costs Redis nothing. Trusted for a second
 * only, since an operator may reset the key elsewhere, or Redis lose its data. Counts nothing
 * itself. In the cell: a refused until, b at that cost, c what was left, d trusted until.
 */
record Denial(Rule rule) implements Rule {
    private static final long TRUSTED_MICROS = 1_000_000;

    /** What is no limit at all is never the tightest. */
    private static final long PLENTY = Long.MAX_VALUE;

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
    public boolean counts() {
        return false;
    }

    /** Sets the denial apart from the guard, and quotas of other tiers, which may still admit. */
    KeyId keyOf(KeyId quota) {
        return new KeyId(high(quota.high()), quota.low());
    }

    long high(long quotaHigh) {
        return quotaHigh ^ 0x6a09e667f3bcc909L ^ rule.limit() * 0x9e3779b97f4a7c15L;
    }

    /** Notes a refusal. */
    static void note(Cell cell, long now, long wait, long cost, long remaining) {
        cell.a = now + wait;
        cell.b = cost;
        cell.c = remaining;
        cell.d = now + TRUSTED_MICROS;
    }

    @Override
    public void roll(Cell cell, long now) {}

    @Override
    public long wait(Cell cell, long now, long cost) {
        return now < cell.d && now < cell.a && cost >= cell.b ? cell.a - now : 0;
    }

    @Override
    public void charge(Cell cell, long now, long cost) {}

    @Override
    public void refund(Cell cell, long then, long cost) {}

    @Override
    public long remaining(Cell cell, long now) {
        return now < cell.d && now < cell.a ? cell.c : PLENTY;
    }

    @Override
    public long reset(Cell cell, long now) {
        return Math.max(0, Math.min(cell.a, cell.d) - now);
    }
}
