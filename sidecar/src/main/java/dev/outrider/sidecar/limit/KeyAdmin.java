package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Looks at what one key of a limit has used, and forgets it. Any thread. */
final class KeyAdmin {
    /** Nobody's request waits for it. */
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private final LimitState state;
    private final @Nullable Redis redis;

    /** One quota of one tier with the key's place in both stores. */
    private record Place(String tier, Quota quota, KeyId key, String redisKey) {}

    KeyAdmin(LimitState state, @Nullable Redis redis) {
        this.state = state;
        this.redis = redis == null ? null : redis.within(BUDGET);
    }

    private List<Place> places(Limit limit, String key) {
        KeyText text = new KeyText();
        text.set(key);
        Ask.Key hash = new Ask.Key();
        state.store().hash().of(text.bytes(), text.length(), hash);
        List<Place> places = new ArrayList<>();
        limit.tiers()
                .forEach((tier, quotas) -> {
                    for (Quota each : quotas.quotas()) {
                        KeyId id = new KeyId(each.high(hash.high), each.low(hash.low));
                        places.add(new Place(tier, each, id, each.redisPrefix() + key));
                    }
                });
        return places;
    }

    CompletionStage<List<KeyUse>> look(Limit limit, String key) {
        List<Place> places = places(limit, key);
        if (redis == null || limit.config().policy() == LimitConfig.Policy.LOCAL) {
            return CompletableFuture.completedStage(places.stream().map(this::local).toList());
        }
        List<String> args = new ArrayList<>();
        places.forEach(each -> Scripts.arguments(args, each.quota.rule(), 1, 0));
        return redis.run(Scripts.PEEK, places.stream().map(Place::redisKey).toList(), args)
                .thenApply(reply -> shared(places, reply));
    }

    private KeyUse local(Place place) {
        Ask ask = peek(place.quota.rule(), place.key);
        return use(place, ask.remaining(0), ask.reset(0), 0);
    }

    private List<KeyUse> shared(List<Place> places, List<Long> reply) {
        List<KeyUse> uses = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            Lease lease = place.quota.lease();
            long held = lease == null ? 0 : peek(lease, place.key).cell(0).b;
            uses.add(use(place, reply.get(2 * i + 1), reply.get(2 * i + 2), held));
        }
        return uses;
    }

    private Ask peek(Rule rule, KeyId key) {
        Ask ask = new Ask(1);
        ask.add(rule, key.high(), key.low(), 1, false);
        state.store().peek(ask, state.micros());
        return ask;
    }

    private static KeyUse use(Place place, long remaining, long reset, long held) {
        Rule rule = place.quota.rule();
        return new KeyUse(
                place.tier,
                place.quota.policy(),
                rule.limit(),
                rule.windowMicros(),
                remaining,
                reset,
                held);
    }

    /** Forgets the key here, and in Redis where that counts. */
    CompletionStage<Boolean> reset(Limit limit, String key) {
        CompletionStage<Boolean> done = CompletableFuture.completedStage(true);
        for (Place place : places(limit, key)) {
            KeyId guard = place.quota.guardOf(place.key);
            state.store().forget(place.key.high(), place.key.low());
            state.store().forget(guard.high(), guard.low());
            KeyId denied = place.quota.denial().keyOf(place.key);
            state.store().forget(denied.high(), denied.low());
            if (redis != null && limit.config().policy() != LimitConfig.Policy.LOCAL) {
                done = done.thenCombine(redis.delete(place.redisKey), (_, _) -> true);
            }
        }
        return done;
    }
}
