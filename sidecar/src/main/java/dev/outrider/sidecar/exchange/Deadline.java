package dev.outrider.sidecar.exchange;

/** A moment by which the exchange must be over, in a ticker's nanoseconds. */
public record Deadline(long untilNanos) {
    /**
     * Carries to the next hop how many milliseconds are left; written at every hop, so it shrinks.
     * A duration and not a moment, since hosts disagree about the time.
     */
    public static final String HEADER = "outrider-timeout-ms";

    public long remaining(long nowNanos) {
        return untilNanos - nowNanos;
    }

    public boolean passed(long nowNanos) {
        return untilNanos - nowNanos <= 0;
    }

    public Deadline earlier(Deadline other) {
        return untilNanos - other.untilNanos <= 0 ? this : other;
    }

    public static Deadline after(long nanos, long nowNanos) {
        return new Deadline(nowNanos + nanos);
    }
}
