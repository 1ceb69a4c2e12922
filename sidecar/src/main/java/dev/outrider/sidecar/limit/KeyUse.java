package dev.outrider.sidecar.limit;

/**
 * What one key has used of one quota, for operators.
 *
 * @param tier the tier whose quota it is, empty for the default
 * @param policy the quota's name, as clients see it
 * @param limit units at once
 * @param windowMicros the time for which they are meant
 * @param remaining units left, where the quota is counted
 * @param resetMicros until the whole quota is there again
 * @param held units that this process has taken in advance and not used
 */
public record KeyUse(
        String tier,
        String policy,
        long limit,
        long windowMicros,
        long remaining,
        long resetMicros,
        long held) {}
