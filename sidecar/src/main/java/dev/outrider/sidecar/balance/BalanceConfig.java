package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import org.jspecify.annotations.Nullable;

/**
 * How requests are spread over a destination's endpoints.
 *
 * @param panicShare when more than this share is unhealthy or ejected, all are used; 1 for never
 * @param hash what the ring hash keeps together; null for all other algorithms
 * @param pointsPerMember places of the heaviest member on the hash ring
 * @param loadBound how much above the mean load a member of the ring may go, 0 for no bound
 */
public record BalanceConfig(
        Algorithm algorithm,
        double panicShare,
        @Nullable HashConfig hash,
        int pointsPerMember,
        double loadBound) {
    /** Who is next. */
    public enum Algorithm {
        /** The less loaded of two drawn at random; load is expected latency times open calls. */
        PEAK_EWMA,
        /** The one with the fewest open calls, per weight. */
        LEAST_REQUESTS,
        /** In turn, whatever the weights. */
        ROUND_ROBIN,
        /** At random, in proportion to the weights. */
        WEIGHTED,
        /** The same one for the same key, as long as it is there. */
        RING_HASH
    }

    public static final BalanceConfig DEFAULTS =
            new BalanceConfig(Algorithm.PEAK_EWMA, 0.5, null, 100, 0.25);

    public static final Schema<BalanceConfig> SCHEMA =
            Schema.record(
                    "BalanceConfig",
                    "How requests are spread over a destination's endpoints.",
                    f ->
                            new BalanceConfig(
                                    f.optional(
                                            "algorithm",
                                            Schemas.oneOf(Algorithm.class),
                                            DEFAULTS.algorithm,
                                            "who is next"),
                                    f.optional(
                                            "panicShare",
                                            Schemas.percent(),
                                            DEFAULTS.panicShare,
                                            "when more than this share of the endpoints is bad,"
                                                    + " all are used; 100% for never"),
                                    f.nullable(
                                            "hash",
                                            HashConfig.SCHEMA,
                                            "with ring-hash: what is kept together"),
                                    f.optional(
                                            "pointsPerMember",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.pointsPerMember,
                                            "with ring-hash: places of an endpoint on the ring"),
                                    f.optional(
                                            "loadBound",
                                            Schemas.percent(),
                                            DEFAULTS.loadBound,
                                            "with ring-hash: how far above the mean of open calls"
                                                    + " an endpoint may go; 0% for no bound")));

    public BalanceConfig {
        if ((algorithm == Algorithm.RING_HASH) != (hash != null)) {
            throw new IllegalArgumentException(
                    "hash and algorithm: ring-hash need each other; give both or neither");
        }
        if (!(panicShare >= 0 && panicShare <= 1)) {
            throw new IllegalArgumentException("panicShare must be between 0% and 100%");
        }
        if (pointsPerMember < 1 || pointsPerMember > 10_000) {
            throw new IllegalArgumentException("pointsPerMember must be between 1 and 10000");
        }
        if (!(loadBound >= 0 && loadBound <= 1)) {
            throw new IllegalArgumentException("loadBound must be between 0% (none) and 100%");
        }
    }
}
