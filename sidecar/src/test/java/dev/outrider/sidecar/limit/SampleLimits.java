package dev.outrider.sidecar.limit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configurations to vary. */
final class SampleLimits {
    private SampleLimits() {}

    static KeyConfig by(String... parts) {
        return new KeyConfig(
                List.of(parts).stream().map(KeyPart::parse).toList(),
                KeyConfig.Absent.CLIENT,
                KeyConfig.IPV6_PREFIX);
    }

    static LimitConfig of(
            Algorithm algorithm,
            QuotaConfig quotas,
            KeyConfig key,
            LimitConfig.Policy policy,
            LimitConfig.OnRedisFailure onFailure) {
        return new LimitConfig(
                algorithm, quotas, Map.of(), "tier", key, 1, policy, onFailure, 0.1, false, null);
    }

    static LimitConfig local(Algorithm algorithm, QuotaConfig quotas, KeyConfig key) {
        return of(
                algorithm, quotas, key, LimitConfig.Policy.LOCAL, LimitConfig.OnRedisFailure.OPEN);
    }

    static LimitConfig throttled(LimitConfig config, ThrottleConfig throttle) {
        return with(config, config.tiers(), false, throttle);
    }

    static LimitConfig dry(LimitConfig config) {
        return with(config, config.tiers(), true, null);
    }

    static LimitConfig tiers(LimitConfig config, Map<String, QuotaConfig> tiers) {
        return with(config, tiers, false, null);
    }

    private static LimitConfig with(
            LimitConfig config,
            Map<String, QuotaConfig> tiers,
            boolean dry,
            @Nullable ThrottleConfig throttle) {
        return new LimitConfig(
                config.algorithm(),
                config.quotas(),
                tiers,
                config.tierClaim(),
                config.key(),
                config.cost(),
                config.policy(),
                config.onRedisFailure(),
                config.leaseShare(),
                dry,
                throttle);
    }

    static QuotaConfig per(@Nullable Integer second, @Nullable Integer minute) {
        return new QuotaConfig(second, minute, null, null, null, null, null);
    }

    static QuotaConfig perDay(int units) {
        return new QuotaConfig(null, null, null, units, null, null, null);
    }

    static LimitsConfig named(Map<String, LimitConfig> limits) {
        return named(limits, RateLimitFields.BOTH);
    }

    static LimitsConfig named(Map<String, LimitConfig> limits, RateLimitFields fields) {
        LimitsConfig none = LimitsConfig.NONE;
        return new LimitsConfig(limits, none.keys(), none.waiting(), fields, none.keyspace());
    }

    static List<LimitUse> uses(String... uses) {
        return List.of(uses).stream().map(LimitUse::parse).toList();
    }
}
