package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.limit.LimitConfig.OnRedisFailure;
import dev.outrider.sidecar.limit.LimitConfig.Policy;
import dev.outrider.sidecar.redis.RedisClientRig;
import dev.outrider.sidecar.redis.RedisCluster;
import dev.outrider.sidecar.redis.RedisSentinel;
import dev.outrider.sidecar.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Edges that share one real Redis. Quotas are by the day, so that no window ends meanwhile. */
class RedisLimitIT {
    private static final String CLIENT = "192.0.2.7";
    private RedisServer server;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static LimitConfig limit(Algorithm algorithm, int perDay, Policy policy) {
        return SampleLimits.of(
                algorithm,
                SampleLimits.perDay(perDay),
                KeyConfig.CLIENT,
                policy,
                OnRedisFailure.OPEN);
    }

    private Edge edge(Duration skew, Map<String, LimitConfig> named, String... uses)
            throws IOException {
        return new Edge(RedisClientRig.single(server), skew, named, uses);
    }

    private List<Edge> three(LimitConfig config) throws IOException {
        List<Edge> edges = new ArrayList<>();
        for (int minutes : List.of(0, -7, 90)) {
            edges.add(edge(Duration.ofMinutes(minutes), Map.of("api", config), "api"));
        }
        return edges;
    }

    private static int hammer(List<Edge> edges, int requestsEach) throws Exception {
        int passed = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(edges.size())) {
            List<Future<Integer>> runs = new ArrayList<>();
            for (Edge each : edges) {
                runs.add(pool.submit(() -> each.passed(requestsEach, CLIENT)));
            }
            for (Future<Integer> each : runs) {
                passed += each.get(2, TimeUnit.MINUTES);
            }
        }
        return passed;
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"FIXED_WINDOW", "SLIDING_LOG", "SLIDING_COUNTER", "TOKEN_BUCKET"})
    void threeEdgesWithSkewedClocksLetExactlyTheQuotaThrough(Algorithm algorithm) throws Exception {
        List<Edge> edges = three(limit(algorithm, 100, Policy.REDIS));
        try {
            assertThat(hammer(edges, 200)).isEqualTo(100);
        } finally {
            edges.forEach(Edge::close);
        }
    }

    @Test
    void aRequestThatRedisRefusesIsNotChargedHere() throws IOException {
        Map<String, LimitConfig> named =
                Map.of(
                        "here", limit(Algorithm.FIXED_WINDOW, 10, Policy.LOCAL),
                        "there", limit(Algorithm.FIXED_WINDOW, 3, Policy.REDIS),
                        "lent", limit(Algorithm.FIXED_WINDOW, 10, Policy.LEASED));
        try (Edge edge = edge(Duration.ZERO, named, "here", "there", "lent")) {
            for (int i = 0; i < 9; i++) {
                Failure failure = edge.ask(CLIENT);
                assertThat(failure == null).isEqualTo(i < 3);
                if (failure instanceof Failure.RateLimited it) {
                    assertThat(it.limit()).isEqualTo("there-day");
                }
            }
            server.cli("flushall");
            await().atMost(Duration.ofMinutes(1)).until(() -> edge.ask(CLIENT) == null);
            assertThat(edge.passed(9, CLIENT)).as("three more there").isEqualTo(2);
            assertThat(edge.counts("here").allowed()).isEqualTo(6);
        }
    }

    @Test
    void keysExpireAndCarryNothingButTheirLimitAndKey() throws IOException {
        try (Edge edge =
                edge(
                        Duration.ZERO,
                        Map.of("api", limit(Algorithm.SLIDING_LOG, 5, Policy.REDIS)),
                        "api")) {
            edge.ask(CLIENT);
            String key = server.cli("keys", "*");
            assertThat(key).isEqualTo("outrider:{limits}:api:2:86400000000:client=192.0.2.7");
            assertThat(Long.parseLong(server.cli("pttl", key))).isBetween(1L, 86_400_002L);
        }
    }

    @Test
    void whileRedisIsSilentTheGuardGoesOnWhereItWasAndThenRedisDecidesAgain() throws IOException {
        LimitConfig config = limit(Algorithm.SLIDING_LOG, 100, Policy.REDIS);
        try (Edge edge = edge(Duration.ZERO, Map.of("api", config), "api")) {
            assertThat(edge.passed(60, CLIENT)).isEqualTo(60);
            server.pause();
            assertThat(edge.passed(100, CLIENT)).isEqualTo(40);
            assertThat(edge.counts("api").decidedAlone()).isEqualTo(100);
            server.resume();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> {
                        edge.ask("192.0.2.99");
                        return server.cli("keys", "*192.0.2.99*").contains("99");
                    });
            // Redis knows of 60, and perhaps of some that it did when it woke up.
            assertThat(edge.passed(60, CLIENT)).isLessThanOrEqualTo(40);
        }
    }

    @Test
    void aLimitThatFailsClosedRefusesWhileRedisIsAway() throws IOException {
        LimitConfig config =
                SampleLimits.of(
                        Algorithm.FIXED_WINDOW,
                        SampleLimits.perDay(100),
                        KeyConfig.CLIENT,
                        Policy.REDIS,
                        OnRedisFailure.CLOSED);
        try (Edge edge = edge(Duration.ZERO, Map.of("api", config), "api")) {
            assertThat(edge.ask(CLIENT)).isNull();
            server.kill();
            Failure failure = edge.ask(CLIENT);
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            Failure.NotReady.class,
                            it -> assertThat(it.reason()).isEqualTo("rate-limits-unavailable"));
            assertThat(edge.counts("api").refusedBlind()).isEqualTo(1);
            server.restart();
            await().atMost(Duration.ofMinutes(1)).until(() -> edge.ask(CLIENT) == null);
        }
    }

    @Test
    void leasesOfAFixedWindowNeverSumToMoreThanTheQuota() throws Exception {
        List<Edge> edges = three(limit(Algorithm.FIXED_WINDOW, 1000, Policy.LEASED));
        try {
            int passed = hammer(edges, 1500);
            assertThat(passed).isBetween(1000 - 2 * 100, 1000);
            long calls = edges.stream().mapToLong(each -> each.redis().status().calls()).sum();
            assertThat(calls).as("calls of Redis for 4500 requests").isLessThan(1000);
            long leased = edges.stream().mapToLong(each -> each.counts("api").leased()).sum();
            assertThat(leased).isEqualTo(1000);
        } finally {
            edges.forEach(Edge::close);
        }
    }

    @Test
    void aLeaseThatIsAloneUsesTheWholeQuota() throws Exception {
        try (Edge edge =
                edge(
                        Duration.ZERO,
                        Map.of("api", limit(Algorithm.SLIDING_LOG, 50, Policy.LEASED)),
                        "api")) {
            for (int i = 0; i < 60; i++) {
                assertThat(edge.ask(CLIENT) == null).as("request %d", i).isEqualTo(i < 50);
            }
        }
    }

    private record Passed(long before, long after) {}

    /** The bound that docs/rate-limits.md states: the quota, and a batch of each edge. */
    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"SLIDING_LOG", "TOKEN_BUCKET"})
    void leasesExceedASlidingWindowByNoMoreThanABatchOfEach(Algorithm algorithm) throws Exception {
        long window = 400_000;
        int quota = 50;
        LimitConfig config =
                SampleLimits.of(
                        algorithm,
                        new QuotaConfig(
                                null, null, null, null, quota, Duration.ofMillis(400), null),
                        KeyConfig.CLIENT,
                        Policy.LEASED,
                        OnRedisFailure.OPEN);
        List<Edge> edges = three(config);
        ConcurrentLinkedQueue<Passed> passed = new ConcurrentLinkedQueue<>();
        LimitState clock = edges.getFirst().state;
        try (ExecutorService pool = Executors.newFixedThreadPool(edges.size())) {
            List<Future<?>> runs = new ArrayList<>();
            long end = clock.micros() + 5 * window;
            for (Edge each : edges) {
                runs.add(
                        pool.submit(() -> {
                            while (clock.micros() < end) {
                                long before = clock.micros();
                                if (each.ask(CLIENT) == null) {
                                    passed.add(new Passed(before, clock.micros()));
                                }
                            }
                            return null;
                        }));
            }
            for (Future<?> each : runs) {
                each.get(2, TimeUnit.MINUTES);
            }
        } finally {
            edges.forEach(Edge::close);
        }
        int bound =
                (algorithm == Algorithm.TOKEN_BUCKET ? 2 * quota : quota)
                        + edges.size() * quota / 10;
        assertThat(passed.size()).isGreaterThan(quota);
        for (Passed first : passed) {
            long within =
                    passed.stream()
                            .filter(each ->
                                    each.before >= first.before
                                            && each.after < first.before + window)
                            .count();
            assertThat(within).isLessThanOrEqualTo(bound);
        }
    }

    @Test
    void whileRedisIsAwayLeasesAreGrantedByTheGuard() throws IOException {
        LimitConfig config = limit(Algorithm.SLIDING_LOG, 100, Policy.LEASED);
        try (Edge edge = edge(Duration.ZERO, Map.of("api", config), "api")) {
            assertThat(edge.passed(35, CLIENT)).isEqualTo(35);
            server.kill();
            assertThat(edge.passed(200, CLIENT)).isEqualTo(65);
            assertThat(edge.counts("api").decidedAlone()).isPositive();
        }
    }

    @Test
    void inAClusterAllLimitsOfARequestAreOneStep() throws Exception {
        Map<String, LimitConfig> named =
                Map.of(
                        "client", limit(Algorithm.TOKEN_BUCKET, 50, Policy.REDIS),
                        "all",
                                SampleLimits.of(
                                        Algorithm.SLIDING_LOG,
                                        SampleLimits.perDay(70),
                                        SampleLimits.by("constant:all"),
                                        Policy.REDIS,
                                        OnRedisFailure.CLOSED));
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                Edge edge =
                        new Edge(
                                RedisClientRig.cluster(cluster),
                                Duration.ZERO,
                                named,
                                "client",
                                "all")) {
            // Connections to the nodes come about when they are first needed.
            AtomicInteger tries = new AtomicInteger(100);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> {
                        Calls.join(edge.limits.reset("all", "constant=all").handle((_, _) -> true));
                        return edge.passed(8, "192.0.2." + tries.incrementAndGet()) == 8;
                    });
            Calls.join(edge.limits.reset("all", "constant=all"));
            LimitCounts before = edge.counts("client");
            assertThat(edge.passed(60, CLIENT)).isEqualTo(50);
            assertThat(edge.passed(60, "192.0.2.8")).isEqualTo(20);
            LimitCounts after = edge.counts("client");
            assertThat(after.allowed() - before.allowed()).isEqualTo(70);
            assertThat(after.refusedBlind()).isEqualTo(before.refusedBlind());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Policy.class,
            names = {"REDIS", "LEASED"})
    void anOperatorSeesAndForgetsWhatAKeyHasUsed(Policy policy) throws IOException {
        LimitConfig config = limit(Algorithm.FIXED_WINDOW, 50, policy);
        try (Edge edge = edge(Duration.ZERO, Map.of("api", config), "api")) {
            assertThat(edge.passed(3, CLIENT)).isEqualTo(3);
            KeyUse use = Calls.join(edge.limits.look("api", "client=" + CLIENT)).getFirst();
            assertThat(use.remaining() + use.held()).isEqualTo(47);
            assertThat(use.held() > 0).isEqualTo(policy == Policy.LEASED);
            assertThat(edge.passed(60, CLIENT)).isEqualTo(47);
            assertThat(Calls.join(edge.limits.reset("api", "client=" + CLIENT))).isTrue();
            use = Calls.join(edge.limits.look("api", "client=" + CLIENT)).getFirst();
            assertThat(use.remaining()).isEqualTo(50);
            assertThat(edge.passed(60, CLIENT)).isEqualTo(50);
        }
    }

    @Test
    void whoGoesOnThoughRefusedCostsRedisNothing() throws IOException {
        LimitConfig config = limit(Algorithm.SLIDING_LOG, 5, Policy.REDIS);
        try (Edge edge = edge(Duration.ZERO, Map.of("api", config), "api");
                Edge other = edge(Duration.ZERO, Map.of("api", config), "api")) {
            assertThat(edge.passed(6, CLIENT)).isEqualTo(5);
            long before = edge.redis().status().calls();
            for (int i = 0; i < 100; i++) {
                assertThat(edge.ask(CLIENT))
                        .isInstanceOfSatisfying(
                                Failure.RateLimited.class,
                                it ->
                                        assertThat(it.retryAfter())
                                                .isBetween(
                                                        Duration.ofHours(23),
                                                        Duration.ofHours(24)));
            }
            assertThat(edge.redis().status().calls() - before).isLessThan(50);
            Calls.join(other.limits.reset("api", "client=" + CLIENT));
            await().atMost(Duration.ofMinutes(1)).until(() -> edge.ask(CLIENT) == null);
        }
    }

    @Test
    void aFailoverDuringLoadLetsNoMoreThanOneMoreQuotaOfEachThrough() throws Exception {
        int quota = 300;
        LimitConfig config = limit(Algorithm.FIXED_WINDOW, quota, Policy.REDIS);
        try (RedisSentinel sentinel = RedisSentinel.start();
                Edge one = failingOver(sentinel, config);
                Edge two = failingOver(sentinel, config)) {
            AtomicInteger passed = new AtomicInteger();
            AtomicBoolean over = new AtomicBoolean();
            try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
                List<Future<?>> runs = new ArrayList<>();
                for (Edge each : List.of(one, two)) {
                    runs.add(
                            pool.submit(() -> {
                                while (!over.get()) {
                                    passed.addAndGet(each.passed(3, CLIENT));
                                }
                                return null;
                            }));
                }
                await().atMost(Duration.ofMinutes(1)).until(() -> passed.get() > 100);
                sentinel.master().kill();
                sentinel.awaitMaster(sentinel.replica());
                AtomicInteger client = new AtomicInteger();
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> {
                            String other = "198.51.100." + client.incrementAndGet() % 250;
                            one.ask(other);
                            return sentinel.replica().cli("keys", "*" + other).endsWith(other);
                        });
                over.set(true);
                for (Future<?> each : runs) {
                    each.get(2, TimeUnit.MINUTES);
                }
            }
            // Their guards, two quotas at most, and what the new master had not been told.
            assertThat(passed.get()).isBetween(quota, 3 * quota);
        }
    }

    private static Edge failingOver(RedisSentinel sentinel, LimitConfig config) throws IOException {
        return new Edge(
                RedisClientRig.sentinel(sentinel), Duration.ZERO, Map.of("api", config), "api");
    }
}
