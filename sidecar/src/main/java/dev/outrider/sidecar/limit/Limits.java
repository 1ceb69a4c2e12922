package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.redis.Redis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The limits of one configuration, and the filters made of them. Immutable; any thread. */
public final class Limits {
    private final LimitsConfig config;
    private final LimitState state;
    private final @Nullable Redis redis;
    private final @Nullable Leases leases;
    private final KeyAdmin admin;
    private final Map<String, Limit> limits = new TreeMap<>();

    /**
     * @param state the process's, which is not this object's
     * @param redis null if none is configured; the caller's to close
     */
    public Limits(LimitsConfig config, LimitState state, @Nullable Redis redis) {
        this.config = config;
        this.state = state;
        this.redis = redis;
        this.admin = new KeyAdmin(state, redis);
        this.leases = redis == null ? null : new Leases(redis, state);
        if (redis == null) {
            config.checkLocal();
        }
        config.named()
                .forEach((name, limit) ->
                        limits.put(
                                name,
                                new Limit(
                                        name, limit, config.keyspace(), state, config.waiting())));
    }

    /**
     * The filter for all limits that hold somewhere: pass those of all layers, the outermost first.
     * One that is named twice holds once, at the cost that was said last. Null if there are none.
     */
    public @Nullable RequestFilter filter(List<LimitUse> uses) {
        Map<String, LimitFilter.Use> found = new LinkedHashMap<>();
        for (LimitUse use : uses) {
            Limit limit = known(use.name());
            LimitFilter.Use before = found.get(use.name());
            int cost =
                    use.cost() > 0
                            ? use.cost()
                            : before == null ? limit.config().cost() : before.cost();
            for (Limit.Tier tier : limit.tiers().values()) {
                LimitConfig.check(tier.quotas().stream().map(Quota::rule).toList(), cost);
            }
            found.put(use.name(), new LimitFilter.Use(limit, cost));
        }
        return found.isEmpty()
                ? null
                : new LimitFilter(
                        new ArrayList<>(found.values()), state, config.fields(), redis, leases);
    }

    /** The names of all limits. */
    public Set<String> names() {
        return Collections.unmodifiableSet(limits.keySet());
    }

    /**
     * What a key has used, one entry for each quota of each tier. The stage fails with a {@code
     * RedisUnavailable} if Redis counts and does not answer.
     *
     * @param key as in {@code client=192.0.2.7}; docs/rate-limits.md says how keys are written
     * @throws IllegalArgumentException if there is no such limit, or the key has an odd character
     */
    public CompletionStage<List<KeyUse>> look(String limit, String key) {
        return admin.look(known(limit), checked(key));
    }

    /**
     * Forgets what a key has used, here and in Redis; what other instances hold of it in advance
     * they may still use.
     *
     * @see #look
     */
    public CompletionStage<Boolean> reset(String limit, String key) {
        return admin.reset(known(limit), checked(key));
    }

    private Limit known(String name) {
        Limit limit = limits.get(name);
        if (limit == null) {
            throw new IllegalArgumentException(
                    "there is no limit '" + name + "'; there are " + limits.keySet());
        }
        return limit;
    }

    private static String checked(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "write the key as in client=192.0.2.7, other characters escaped as in a URL");
        }
        return key;
    }
}
