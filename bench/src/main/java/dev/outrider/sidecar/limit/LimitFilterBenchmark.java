package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The local decision, from the exchange to the verdict: the key is composed, hashed, looked up and
 * charged. {@code -prof gc} shows that it leaves no garbage. With {@link #hotKey} two loops share
 * one key, the worst case for its lock.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LimitFilterBenchmark {
    private static final LimitState STATE =
            new LimitState(
                    100_000, Ticker.system(), InstantSource.system(), new SplittableRandom(1));

    /** A filter with so many windows of one algorithm, which never refuse. */
    @State(Scope.Benchmark)
    public static class Filters {
        @Param({"FIXED_WINDOW", "SLIDING_COUNTER", "TOKEN_BUCKET"})
        Algorithm algorithm = Algorithm.FIXED_WINDOW;

        RequestFilter perClient() {
            return of(KeyConfig.CLIENT, RateLimitFields.NONE);
        }

        RequestFilter perKey(RateLimitFields fields) {
            KeyPart key = new KeyPart(KeyPart.Source.API_KEY, "");
            return of(new KeyConfig(List.of(key), KeyConfig.Absent.CLIENT, 64), fields);
        }

        private RequestFilter of(KeyConfig key, RateLimitFields fields) {
            LimitConfig config =
                    new LimitConfig(
                            algorithm,
                            new QuotaConfig(500_000_000, 900_000_000, null, null, null, null, null),
                            Map.of(),
                            "tier",
                            key,
                            1,
                            LimitConfig.Policy.LOCAL,
                            LimitConfig.OnRedisFailure.OPEN,
                            0.1,
                            false,
                            null);
            LimitsConfig limits =
                    new LimitsConfig(Map.of("api", config), 100_000, 100, fields, "limits");
            return Objects.requireNonNull(
                    new Limits(limits, STATE, null).filter(List.of(new LimitUse("api", 0))));
        }
    }

    /** What each loop has of its own. */
    @State(Scope.Thread)
    public static class Loop {
        final Exchange exchange = SampleExchange.of(Direction.EDGE);
        RequestFilter perClient;
        RequestFilter perKey;
        RequestFilter told;

        public Loop() {
            exchange.caller(
                    new Caller("acme", "api-key", "k-4711", Map.of("tier", "gold", "scope", "a")));
            exchange.edge().client(InetAddress.ofLiteral("203.0.113.7"));
            perClient = new Filters().perClient();
            perKey = perClient;
            told = perClient;
        }

        @Setup
        public void make(Filters filters) {
            perClient = filters.perClient();
            perKey = filters.perKey(RateLimitFields.NONE);
            told = filters.perKey(RateLimitFields.DRAFT);
        }
    }

    @Benchmark
    public Verdict byClientAddress(Loop loop) {
        return loop.perClient.onRequest(loop.exchange);
    }

    @Benchmark
    public Verdict byApiKey(Loop loop) {
        return loop.perKey.onRequest(loop.exchange);
    }

    /** With the fields that tell the client; these do make garbage. */
    @Benchmark
    public ResponseHead byApiKeyAndTold(Loop loop) {
        loop.told.onRequest(loop.exchange);
        ResponseHead head = new ResponseHead(200, new Headers(), 0);
        loop.told.onResponse(loop.exchange, head);
        return head;
    }

    @Benchmark
    @Threads(2)
    public Verdict hotKey(Loop loop) {
        return loop.perKey.onRequest(loop.exchange);
    }
}
