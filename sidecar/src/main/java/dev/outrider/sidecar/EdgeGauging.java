package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.EdgeTokens;
import dev.outrider.sidecar.auth.TokenRefusal;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.auth.keys.KeyRefusal;
import dev.outrider.sidecar.body.MirrorCounts;
import dev.outrider.sidecar.limit.ConcurrencyFilter;
import dev.outrider.sidecar.limit.LimitCounts;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.redis.RedisUnavailable;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;

/** Shows what an edge lets through and what not, as counters read when they are scraped. */
final class EdgeGauging {
    private static final Map<String, String> NO_TAGS = Map.of();

    private EdgeGauging() {}

    static void register(MeterGroup gauges, Base base, EdgeDoor door) {
        if (base.limits != null) {
            limits(gauges, base.limits, door);
        }
        mirrors(gauges, base.mirrored);
        if (door.concurrency() != null) {
            concurrency(gauges, door.concurrency());
        }
        EdgeTokens tokens = door.callers().auth().tokens();
        if (tokens != null) {
            tokens(gauges, tokens);
        }
        ApiKeys keys = door.callers().auth().keys();
        if (keys != null) {
            keys(gauges, keys);
        }
        if (door.redis() != null) {
            redis(gauges, door.redis());
        }
    }

    private static void limits(MeterGroup gauges, LimitState state, EdgeDoor door) {
        for (String name : door.config().limits().named().keySet()) {
            limit(gauges, state, name, "allowed", LimitCounts::allowed);
            limit(gauges, state, name, "refused", LimitCounts::refused);
            limit(gauges, state, name, "would-refuse", LimitCounts::wouldRefuse);
            limit(gauges, state, name, "throttled", LimitCounts::throttled);
            limit(gauges, state, name, "decided-alone", LimitCounts::decidedAlone);
            limit(gauges, state, name, "refused-blind", LimitCounts::refusedBlind);
        }
        gauges.gauge(
                "outrider_limit_keys",
                "Quotas of keys in memory",
                NO_TAGS,
                () -> state.counts().keys());
        gauges.counter(
                "outrider_limit_keys_forgotten",
                "Quotas of keys forgotten for want of room",
                NO_TAGS,
                () -> state.counts().forgotten());
        gauges.gauge(
                "outrider_limit_waiting",
                "Requests that wait for their turn",
                NO_TAGS,
                () -> state.counts().waiting());
    }

    private static void limit(
            MeterGroup gauges,
            LimitState state,
            String name,
            String outcome,
            ToLongFunction<LimitCounts> count) {
        gauges.counter(
                "outrider_limit_decisions",
                "What a limit made of requests",
                Map.of("limit", name, "outcome", outcome),
                () -> {
                    LimitCounts counts = state.counts().limits().get(name);
                    return counts == null ? 0 : count.applyAsLong(counts);
                });
    }

    private static void concurrency(MeterGroup gauges, ConcurrencyFilter clients) {
        gauges.gauge(
                "outrider_edge_clients_under_way",
                "Clients with requests under way",
                NO_TAGS,
                () -> clients.counts().clients());
        gauges.counter(
                "outrider_edge_concurrent_refused",
                "Requests refused since their client had too many under way",
                NO_TAGS,
                () -> clients.counts().refused());
    }

    private static void mirrors(MeterGroup gauges, MirrorCounts counts) {
        mirrors(gauges, "sent", counts::sent);
        mirrors(gauges, "left-out", counts::left);
    }

    private static void mirrors(MeterGroup gauges, String outcome, DoubleSupplier count) {
        gauges.counter(
                "outrider_mirrored_requests",
                "Requests of a mirror's share, by whether a copy was sent",
                Map.of("outcome", outcome),
                count);
    }

    private static void tokens(MeterGroup gauges, EdgeTokens tokens) {
        gauges.counter(
                "outrider_edge_token_verifications",
                "Tokens of clients whose signature was looked at",
                NO_TAGS,
                () -> tokens.counts().verifications());
        gauges.counter(
                "outrider_edge_token_cache_hits",
                "Requests with a token that was known to be good",
                NO_TAGS,
                () -> tokens.counts().hits());
        for (TokenRefusal why : TokenRefusal.values()) {
            gauges.counter(
                    "outrider_edge_tokens_refused",
                    "Requests refused for the client's token",
                    Map.of("reason", why.reason()),
                    () -> tokens.counts().refused().getOrDefault(why, 0L));
        }
    }

    private static void keys(MeterGroup gauges, ApiKeys keys) {
        gauges.gauge("outrider_api_keys", "API keys known", NO_TAGS, () -> keys.status().keys());
        gauges.counter(
                "outrider_api_key_store_failures",
                "Times the API keys could not be read",
                NO_TAGS,
                () -> keys.status().failures());
        gauges.counter(
                "outrider_api_keys_accepted",
                "Requests with an API key that held",
                NO_TAGS,
                () -> keys.counts().accepted());
        for (KeyRefusal why : KeyRefusal.values()) {
            gauges.counter(
                    "outrider_api_keys_refused",
                    "Requests refused for their API key",
                    Map.of("reason", why.reason()),
                    () -> keys.counts().refused().getOrDefault(why, 0L));
        }
    }

    private static void redis(MeterGroup gauges, Redis redis) {
        gauges.counter(
                "outrider_redis_calls", "Calls of Redis", NO_TAGS, () -> redis.status().calls());
        gauges.counter(
                "outrider_redis_late",
                "Answers of Redis that came after their budget",
                NO_TAGS,
                () -> redis.status().late());
        gauges.counter(
                "outrider_redis_breaker_opens",
                "Times that Redis was left alone for a while",
                NO_TAGS,
                () -> redis.status().breakerOpens());
        gauges.gauge(
                "outrider_redis_connected",
                "Event loops with a connection to Redis",
                NO_TAGS,
                () -> redis.status().connected());
        for (RedisUnavailable.Reason why : RedisUnavailable.Reason.values()) {
            gauges.counter(
                    "outrider_redis_failures",
                    "Calls of Redis that came to nothing",
                    Map.of("reason", why.word()),
                    () -> redis.status().failures().getOrDefault(why, 0L));
        }
    }
}
