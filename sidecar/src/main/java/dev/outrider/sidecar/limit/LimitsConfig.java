package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The limits that routes may name, and what they have in common.
 *
 * @param keys quotas of keys that this process remembers
 * @param waiting requests that may wait in all throttles together
 * @param keyspace the hash tag of the keys in Redis
 */
public record LimitsConfig(
        Map<String, LimitConfig> named,
        int keys,
        int waiting,
        RateLimitFields fields,
        String keyspace) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern KEYSPACE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public static final LimitsConfig NONE =
            new LimitsConfig(Map.of(), 100_000, 10_000, RateLimitFields.DRAFT, "limits");

    public LimitsConfig {
        named = Map.copyOf(named);
        PartChecks checks = new PartChecks();
        for (String name : named.keySet()) {
            if (!NAME.matcher(name).matches()) {
                checks.add(
                        PartPath.of("named", name),
                        "limit '" + name + "': name it with small letters, digits and dashes");
            }
        }
        if (!KEYSPACE.matcher(keyspace).matches()) {
            checks.add(
                    PartPath.of("keyspace"),
                    "keyspace must be 1 to 64 letters, digits, dots, dashes or underscores");
        }
        checks.refuse();
    }

    /** Refuses limits that need Redis, for where there is none. */
    public void checkLocal() {
        PartChecks checks = new PartChecks();
        named.forEach((name, limit) -> {
            if (limit.policy() != LimitConfig.Policy.LOCAL) {
                checks.add(
                        PartPath.of("named", name, "policy"),
                        "limit '"
                                + name
                                + "' counts in Redis and none is configured; add redis, or set its"
                                + " policy to local");
            }
        });
        checks.refuse();
    }

    /**
     * Refuses a use of what is not there, or of what could never let a request through.
     *
     * @param early whether it holds before a request's route and caller are known
     */
    public void check(LimitUse use, boolean early) {
        LimitConfig limit = named.get(use.name());
        if (limit == null) {
            throw new IllegalArgumentException(
                    "there is no limit '"
                            + use.name()
                            + "' in limits.named; there are "
                            + new TreeSet<>(named.keySet()));
        }
        limit.check(use.cost());
        if (early && limit.key().parts().stream().anyMatch(part -> part.source().late())) {
            throw new IllegalArgumentException(
                    "limit '"
                            + use.name()
                            + "' counts by the caller or the route, which are not known yet here:"
                            + " name it in the routes instead, or count by client, header or"
                            + " constant");
        }
        if (early && !limit.tiers().isEmpty()) {
            throw new IllegalArgumentException(
                    "limit '"
                            + use.name()
                            + "' has tiers, and the caller's is not known yet here: name it in the"
                            + " routes instead");
        }
    }

    /**
     * A request is charged for a limit once. One that holds for every request is charged before the
     * route is known, so no route can set its cost.
     */
    public void checkOnce(LimitUse use, List<LimitUse> everyRequest) {
        for (LimitUse early : everyRequest) {
            if (early.sameLimit(use) && use.cost() > 0 && use.cost() != cost(early)) {
                throw new IllegalArgumentException(
                        "'"
                                + use
                                + "' cannot cost "
                                + use.cost()
                                + " here: a request is charged for a limit once, and everyRequest"
                                + " has charged it "
                                + cost(early)
                                + " before. Take it out here or out of everyRequest, or name"
                                + " another limit here");
            }
        }
    }

    private int cost(LimitUse use) {
        LimitConfig limit = named.get(use.name());
        return use.cost() > 0 || limit == null ? use.cost() : limit.cost();
    }

    public static final Schema<LimitsConfig> SCHEMA =
            Schema.record(
                    "LimitsConfig",
                    "How much clients may; docs/rate-limits.md explains it.",
                    f ->
                            new LimitsConfig(
                                    f.optional(
                                            "named",
                                            Schemas.map(LimitConfig.SCHEMA),
                                            NONE.named,
                                            "the limits, by the name that routes refer to"),
                                    f.optional(
                                            "keys",
                                            Schemas.integer(64, 10_000_000),
                                            NONE.keys,
                                            "quotas of keys remembered in this process, about 80"
                                                    + " bytes each; beyond it those least missed"
                                                    + " are forgotten"),
                                    f.optional(
                                            "waiting",
                                            Schemas.integer(1, 1_000_000),
                                            NONE.waiting,
                                            "requests that may wait in all throttles together"),
                                    f.optional(
                                            "fields",
                                            Schemas.oneOf(RateLimitFields.class),
                                            NONE.fields,
                                            "which fields tell clients their quota: the draft's"
                                                    + " RateLimit and RateLimit-Policy, the older"
                                                    + " X-RateLimit-*, both, or none"),
                                    f.optional(
                                            "keyspace",
                                            Schemas.text(),
                                            NONE.keyspace,
                                            "hash tag of the keys in Redis; edges that share"
                                                    + " limits need the same")));
}
