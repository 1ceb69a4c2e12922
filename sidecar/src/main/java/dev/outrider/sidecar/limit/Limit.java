package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One named limit, ready for use. Immutable but for its meter and throttle. */
final class Limit {
    private final String name;
    private final LimitConfig config;
    private final LimitMeter meter;
    private final @Nullable Throttle throttle;
    private final Tier base;
    private final Map<String, Tier> tiers = new HashMap<>();

    /**
     * What holds for whoever is in a tier.
     *
     * @param policies the field RateLimit-Policy
     */
    record Tier(List<Quota> quotas, String policies) {}

    Limit(String name, LimitConfig config, String tag, LimitState state, int mostWaiting) {
        this.name = name;
        this.config = config;
        this.meter = state.meter(name);
        this.throttle =
                config.throttle() == null
                        ? null
                        : new Throttle(config.throttle().queue(), mostWaiting, state.waiting());
        this.base = tier(config.quotas(), tag, state.store().hash());
        config.tiers()
                .forEach(
                        (tier, quotas) -> tiers.put(tier, tier(quotas, tag, state.store().hash())));
    }

    private Tier tier(QuotaConfig quotas, String tag, Hash128 hash) {
        List<QuotaConfig.Window> windows = quotas.windows();
        List<Rule> rules = quotas.rules(config.algorithm());
        List<Quota> made = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            made.add(Quota.of(this, windows.get(i), rules.get(i), tag, hash));
        }
        return new Tier(
                List.copyOf(made),
                String.join(", ", made.stream().map(Quota::policyField).toList()));
    }

    String name() {
        return name;
    }

    LimitConfig config() {
        return config;
    }

    LimitMeter meter() {
        return meter;
    }

    @Nullable Throttle throttle() {
        return throttle;
    }

    /** The caller's tier; whoever is in none, or in one that is not configured, has the default. */
    Tier tier(Exchange exchange) {
        if (tiers.isEmpty()) {
            return base;
        }
        String claim = KeyPart.claim(exchange.caller(), config.tierClaim());
        Tier tier = claim == null ? null : tiers.get(claim);
        return tier == null ? base : tier;
    }

    /** All tiers by name; the default's is empty. */
    Map<String, Tier> tiers() {
        Map<String, Tier> all = new HashMap<>(tiers);
        all.put("", base);
        return all;
    }
}
