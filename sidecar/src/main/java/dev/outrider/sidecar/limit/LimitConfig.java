package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One named limit.
 *
 * @param quotas for whoever is in no tier
 * @param tiers other quotas by the value of {@code tierClaim}
 * @param cost units that a request takes, unless a route says otherwise
 * @param leaseShare the share of a quota that an instance takes in advance
 * @param dryRun whether it only counts
 * @param throttle null to refuse at once
 */
public record LimitConfig(
        Algorithm algorithm,
        QuotaConfig quotas,
        Map<String, QuotaConfig> tiers,
        String tierClaim,
        KeyConfig key,
        int cost,
        Policy policy,
        OnRedisFailure onRedisFailure,
        double leaseShare,
        boolean dryRun,
        @Nullable ThrottleConfig throttle) {
    private static final String TIER_CLAIM = "tier";
    private static final double LEASE_SHARE = 0.1;

    /** Where it is counted. */
    public enum Policy {
        /** In this process: each instance has the whole quota. */
        LOCAL,
        /** In Redis, request by request: the instances share one quota exactly. */
        REDIS,
        /** In Redis, batch by batch: the instances share one quota nearly. */
        LEASED
    }

    /** What holds while Redis does not answer. */
    public enum OnRedisFailure {
        /** This process counts alone, from what it has seen. */
        OPEN,
        /** Requests are refused. */
        CLOSED
    }

    public LimitConfig {
        tiers = Map.copyOf(tiers);
        if (tierClaim.isEmpty()) {
            throw new IllegalArgumentException("tierClaim must name a claim, such as tier");
        }
        if (leaseShare <= 0 || leaseShare > 1) {
            throw new IllegalArgumentException("leaseShare must be above 0% and at most 100%");
        }
        if (throttle != null && dryRun) {
            throw new IllegalArgumentException(
                    "a limit with dryRun refuses nobody, so leave throttle out");
        }
        PartChecks checks = new PartChecks();
        // They say themselves what is wrong with them.
        checks.check(PartPath.of("quotas"), () -> check(quotas.rules(algorithm), cost));
        tiers.forEach((tier, each) ->
                checks.check(PartPath.of("tiers", tier), () -> check(each.rules(algorithm), cost)));
        checks.refuse();
    }

    /** Whether requests are refused while Redis does not answer; a dry run refuses nobody. */
    boolean failsClosed() {
        return onRedisFailure == OnRedisFailure.CLOSED && !dryRun;
    }

    /** Refuses a cost that no request could ever pay; 0 stands for the limit's own. */
    void check(int otherCost) {
        int units = otherCost == 0 ? cost : otherCost;
        check(quotas.rules(algorithm), units);
        tiers.values().forEach(each -> check(each.rules(algorithm), units));
    }

    /** A request that costs more than the quota would never be let through. */
    static void check(List<Rule> rules, int cost) {
        for (Rule each : rules) {
            if (cost < 1 || cost > each.limit()) {
                throw new IllegalArgumentException(
                        "a cost of "
                                + cost
                                + " never fits into "
                                + each.limit()
                                + " units at once; lower the cost, or raise the quota or burst");
            }
        }
    }

    public static final Schema<LimitConfig> SCHEMA =
            Schema.record(
                    "LimitConfig",
                    "One limit, which routes refer to by its name.",
                    f ->
                            new LimitConfig(
                                    f.optional(
                                            "algorithm",
                                            Algorithm.SCHEMA,
                                            Algorithm.SLIDING_COUNTER,
                                            "how use is counted; docs/rate-limits.md says what"
                                                    + " each promises"),
                                    f.required(
                                            "quotas",
                                            QuotaConfig.SCHEMA,
                                            "how much is allowed to whoever is in no tier"),
                                    f.optional(
                                            "tiers",
                                            Schemas.map(QuotaConfig.SCHEMA),
                                            Map.of(),
                                            "how much is allowed by subscription tier"),
                                    f.optional(
                                            "tierClaim",
                                            Schemas.text(),
                                            TIER_CLAIM,
                                            "the claim of the token or API key that names the"
                                                    + " tier"),
                                    KeyConfig.of(f),
                                    f.optional(
                                            "cost",
                                            Schemas.integer(1, 1_000_000),
                                            1,
                                            "units a request takes"),
                                    f.optional(
                                            "policy",
                                            Schemas.oneOf(Policy.class),
                                            Policy.LOCAL,
                                            "local: each instance counts for itself; redis: all"
                                                    + " share one count, exactly; leased: all"
                                                    + " share one count, taken in batches"),
                                    f.optional(
                                            "onRedisFailure",
                                            Schemas.oneOf(OnRedisFailure.class),
                                            OnRedisFailure.OPEN,
                                            "while Redis does not answer, open: each instance"
                                                    + " counts for itself; closed: refuse with"
                                                    + " 503"),
                                    f.optional(
                                            "leaseShare",
                                            Schemas.percent(),
                                            LEASE_SHARE,
                                            "with leased, the share of the quota that an instance"
                                                    + " holds in advance; the error bound"),
                                    f.optional(
                                            "dryRun",
                                            Schemas.bool(),
                                            false,
                                            "whether it only counts what it would refuse"),
                                    f.nullable(
                                            "throttle",
                                            ThrottleConfig.SCHEMA,
                                            "lets requests wait for their turn instead of"
                                                    + " refusing them at once")));
}
