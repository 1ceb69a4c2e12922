package dev.outrider.sidecar.limit;

import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisConfig;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What one edge has of limits, with its own connections to Redis and its own idea of the time. */
final class Edge implements AutoCloseable {
    private final Calls calls = new Calls();
    private final RedisClientRig rig;
    final LimitState state;
    final Limits limits;
    private final RequestFilter filter;

    Edge(RedisConfig config, Duration clockSkew, Map<String, LimitConfig> named, String... uses)
            throws IOException {
        rig = new RedisClientRig(config);
        InstantSource wall = () -> InstantSource.system().instant().plus(clockSkew);
        state = new LimitState(1000, Ticker.system(), wall, new Random(3));
        limits = new Limits(SampleLimits.named(named), state, rig.redis);
        filter = Objects.requireNonNull(limits.filter(SampleLimits.uses(uses)));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> redis().status().connected() == redis().status().loops());
    }

    Redis redis() {
        return rig.redis;
    }

    Calls calls() {
        return calls;
    }

    CompletionStage<Verdict> send(String address) {
        return calls.onLoop(filter, calls.from(address));
    }

    @Nullable Failure ask(String address) {
        return Calls.failure(Calls.join(send(address)));
    }

    /** How many of so many requests at once pass. */
    int passed(int requests, String address) {
        List<CompletionStage<Verdict>> sent = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            sent.add(send(address));
        }
        int passed = 0;
        for (CompletionStage<Verdict> each : sent) {
            passed += Calls.failure(Calls.join(each)) == null ? 1 : 0;
        }
        return passed;
    }

    LimitCounts counts(String limit) {
        return Objects.requireNonNull(state.counts().limits().get(limit));
    }

    @Override
    public void close() {
        rig.close();
        calls.close();
    }
}
