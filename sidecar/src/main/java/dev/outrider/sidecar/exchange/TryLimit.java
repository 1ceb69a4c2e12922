package dev.outrider.sidecar.exchange;

/**
 * Fewer or quicker tries than the service would get.
 *
 * @param retries after the first try
 * @param perTryNanos until a try's response begins
 */
public record TryLimit(int retries, long perTryNanos) {
    /** What holds for a request of no route of its own: the service's. */
    public static final TryLimit NONE = new TryLimit(Integer.MAX_VALUE, Long.MAX_VALUE);
}
