package dev.outrider.sidecar.exchange;

/**
 * What the client has left of its tightest quota, for the response's fields.
 *
 * @param policy the quota's name
 * @param limit units at once
 * @param remaining units left
 * @param waitMicros until the request would fit; 0 if it was let through
 * @param resetMicros until the whole quota is there again
 * @param by who wrote it, and will write the fields
 */
public record QuotaLeft(
        String policy, long limit, long remaining, long waitMicros, long resetMicros, Object by) {
    /** When the client may count on more, in whole seconds from now. */
    public long seconds() {
        return ((waitMicros > 0 ? waitMicros : resetMicros) + 999_999) / 1_000_000;
    }

    /** Whether it leaves the client less than {@code other} does. */
    public boolean tighter(QuotaLeft other) {
        return waitMicros > 0 || other.waitMicros == 0 && remaining < other.remaining;
    }
}
