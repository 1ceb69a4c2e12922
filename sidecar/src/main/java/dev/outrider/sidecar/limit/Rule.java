package dev.outrider.sidecar.limit;

/**
 * One quota of one limit: what a {@link Cell} means, and whether a request still fits. Pure; all
 * times are microseconds, all numbers whole and below 2^52, where Lua's are exact too.
 * limit/rules.lua is the same arithmetic and must be changed together with this.
 *
 * <p>The order of calls is {@link #roll}, then any of the questions, then perhaps {@link #charge}.
 * Time that goes backwards, as after a failover of Redis, counts as standing still.
 */
sealed interface Rule permits FixedWindow, SlidingLog, SlidingCounter, Bucket, Lease, Denial {
    /** Above this, sums of Lua's numbers are not exact. */
    long MOST = 1L << 52;

    /** The most units that can be used at once. */
    long limit();

    /** The time for which the quota is meant. */
    long windowMicros();

    /** Which of the functions in rules.lua, and its two numbers of its own. */
    int code();

    default long unit() {
        return 0;
    }

    default long gain() {
        return 0;
    }

    /** Whether it is charged at all. */
    default boolean counts() {
        return true;
    }

    /** Brings the cell up to {@code now}. */
    void roll(Cell cell, long now);

    /** How long until {@code cost} units fit, if nobody else takes any; 0 if they do now. */
    long wait(Cell cell, long now, long cost);

    void charge(Cell cell, long now, long cost);

    /** Takes a charge made at {@code then} back, as far as it still counts. */
    void refund(Cell cell, long then, long cost);

    /** Units left now. */
    long remaining(Cell cell, long now);

    /** How long until the whole quota is there again, if nobody takes any. */
    long reset(Cell cell, long now);

    /** {@code x / y} rounded up, for numbers of 0 and above. */
    static long ceil(long x, long y) {
        return (x + y - 1) / y;
    }

    /** What a number may be for Lua to reckon with it exactly. */
    static long exact(long number, String what) {
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException(
                    what + " is too large or too small to be counted exactly");
        }
        return number;
    }
}
