package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's question under all its limits: what is decided here, and what in Redis. For requests
 * that are decided at once one is used again and again by its loop; one that waits for Redis is its
 * request's own.
 */
final class Inquiry {
    /** Local and leased quotas. */
    final Ask here = new Ask(8);

    /** Quotas counted in Redis; while it does not answer they are decided here too. */
    final Ask there = new Ask(2);

    private final List<String> hereKeys = new ArrayList<>();
    private final List<String> thereKeys = new ArrayList<>();
    private final KeyText text = new KeyText();
    private final Ask.Key key = new Ask.Key();

    /** The line this request has to wait in since others do already, null for none. */
    @Nullable Turn turn;

    /** Where a request may have to wait, and how far apart turns are. */
    record Turn(Limit limit, KeyId key, long spacing) {}

    /**
     * Finds out what the request counts for.
     *
     * @param named whether the keys in Redis are wanted
     */
    void gather(Exchange exchange, List<LimitFilter.Use> uses, Hash128 hash, boolean named) {
        here.clear();
        there.clear();
        hereKeys.clear();
        thereKeys.clear();
        turn = null;
        for (int i = 0; i < uses.size(); i++) {
            LimitFilter.Use use = uses.get(i);
            if (use.limit().config().key().write(exchange, text)) {
                hash.of(text.bytes(), text.length(), key);
                gather(use, use.limit().tier(exchange), named ? text.toString() : null);
            }
        }
    }

    private void gather(LimitFilter.Use use, Limit.Tier tier, @Nullable String name) {
        List<Quota> quotas = tier.quotas();
        boolean redis = use.limit().config().policy() == LimitConfig.Policy.REDIS;
        for (int i = 0; i < quotas.size(); i++) {
            Quota quota = quotas.get(i);
            long high = quota.high(key.high);
            long low = quota.low(key.low);
            if (redis) {
                there.add(quota, quota.rule(), high, low, use.cost());
                here.add(quota, quota.denial(), quota.denial().high(high), low, use.cost());
            } else {
                Lease lease = quota.lease();
                here.add(quota, lease == null ? quota.rule() : lease, high, low, use.cost());
            }
            if (name != null) {
                hereKeys.add(quota.redisPrefix() + name);
                if (redis) {
                    thereKeys.add(hereKeys.getLast());
                }
            }
        }
        Throttle throttle = use.limit().throttle();
        if (throttle != null && turn == null) {
            KeyId line = new KeyId(key.high, key.low);
            if (throttle.busy(line)) {
                turn = new Turn(use.limit(), line, quotas.getFirst().spacing(use.cost()));
            }
        }
    }

    /** The key in Redis of {@code here}'s quota at {@code i}. */
    String hereKey(int i) {
        return hereKeys.get(i);
    }

    List<String> thereKeys() {
        return thereKeys;
    }

    /** The ask that says most: the one that refuses longest, else the one with the least left. */
    @Nullable Ask tightest() {
        int a = here.tightest();
        int b = there.tightest();
        if (a < 0 || b < 0) {
            return a >= 0 ? here : b >= 0 ? there : null;
        }
        if (here.wait(a) > 0 || there.wait(b) > 0) {
            return here.wait(a) >= there.wait(b) ? here : there;
        }
        return here.remaining(a) / here.cost(a) <= there.remaining(b) / there.cost(b)
                ? here
                : there;
    }
}
