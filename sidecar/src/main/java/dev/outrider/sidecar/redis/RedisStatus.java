package dev.outrider.sidecar.redis;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Redis does, at one moment.
 *
 * @param topology single, sentinel or cluster
 * @param connected how many loops have their connection
 * @param loops how many should
 * @param pending calls under way, including those given up whose answer is still awaited
 * @param calls all calls so far, including those refused
 * @param failures calls that came to nothing, by reason
 * @param late answers that came after their budget and were dropped
 * @param breakerOpens how often a breaker opened
 * @param breakers the word of each breaker's state: of a cluster by node, else one named {@code
 *     redis}
 * @param lastError what went wrong last, null if nothing ever did
 */
public record RedisStatus(
        String topology,
        int connected,
        int loops,
        int pending,
        long calls,
        Map<RedisUnavailable.Reason, Long> failures,
        long late,
        long breakerOpens,
        Map<String, String> breakers,
        @Nullable String lastError) {
    public RedisStatus {
        failures = Map.copyOf(failures);
        breakers = Map.copyOf(breakers);
    }
}
