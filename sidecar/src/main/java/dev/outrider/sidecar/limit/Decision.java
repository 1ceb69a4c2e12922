package dev.outrider.sidecar.limit;

import java.util.List;

/**
 * What came of one request under all its limits. Either all of them admitted it and were charged,
 * or none was.
 *
 * @param tightest the index of the one that says most: of those that refuse the one that does so
 *     longest, else the one with the fewest requests left
 */
public record Decision(boolean allowed, List<OfLimit> limits, int tightest) {
    public Decision {
        limits = List.copyOf(limits);
    }

    /**
     * One quota's part.
     *
     * @param remaining units left after this request
     * @param resetMicros until the whole quota is there again if nobody takes any
     * @param retryAfterMicros until a request of this cost fits, 0 if this one did
     */
    public record OfLimit(
            long limit,
            long windowMicros,
            long remaining,
            long resetMicros,
            long retryAfterMicros) {}
}
