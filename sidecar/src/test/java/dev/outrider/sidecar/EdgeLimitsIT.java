package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.redis.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three edges that share one Redis, as replicas behind a balancer do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeLimitsIT {
    private static final int EDGES = 3;
    private static final int CLIENTS = 12;
    private static final int ASKED = 400;

    private final List<Integer> ports = new ArrayList<>();
    private Mesh mesh;
    private EchoApp app;
    private RedisServer redis;
    private HttpClient client;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        redis = RedisServer.start();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; i < EDGES; i++) {
            Sidecar edge = mesh.start("edge-" + i, yaml());
            ports.add(Objects.requireNonNull(edge.address("edge-plain")).getPort());
        }
        // An edge is ready without Redis, and these limits fail closed until it is there.
        for (int i = 0; i < EDGES; i++) {
            int edge = i;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> get(edge, "/fixed-window", "first").statusCode() == 200);
        }
    }

    private String yaml() {
        StringBuilder text =
                new StringBuilder(
                        """
                        profile: edge
                        name: edge
                        accessLog: {output: "off"}
                        admin: {listen: "127.0.0.1:0"}
                        runtime: {loops: 1}
                        edge:
                          http: {listen: "127.0.0.1:0", redirect: false}
                          # The machine of a build may stand still for long: that is not under test.
                          redis: {addresses: ["%s"], budget: 1s}
                          services:
                            app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
                          limits:
                            named:
                              tiny: {quotas: {hour: 3}, algorithm: fixed-window}
                        """
                                .formatted(redis.address(), app.address()));
        for (String algorithm :
                List.of("fixed-window", "sliding-log", "sliding-counter", "token-bucket")) {
            text.append(
                    """
                          %s-shared:
                            algorithm: %s
                            quotas: {day: 100}
                            key: ["header:x-customer"]
                            policy: redis
                            onRedisFailure: closed
                    """
                            .formatted(algorithm, algorithm));
        }
        text.append("  routes:\n");
        for (String algorithm :
                List.of("fixed-window", "sliding-log", "sliding-counter", "token-bucket")) {
            text.append(
                    """
                        - name: %s
                          match: {path: {prefix: /%s}}
                          service: app
                          auth: {anonymous: true}
                          limits: [%s-shared]
                    """
                            .formatted(algorithm, algorithm, algorithm));
        }
        text.append(
                """
                    - name: tiny
                      match: {path: {prefix: /tiny}}
                      service: app
                      auth: {anonymous: true}
                      limits: [tiny]
                """);
        return text.toString();
    }

    @AfterAll
    void stop() throws Exception {
        client.shutdownNow();
        mesh.close();
        redis.close();
        app.close();
    }

    private HttpResponse<String> get(int edge, String path, String customer) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + ports.get(edge % EDGES) + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("X-Customer", customer)
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed-window", "sliding-log", "sliding-counter", "token-bucket"})
    void exactlyTheQuotaPassesWhicheverEdgeIsAsked(String algorithm) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Callable<Boolean> one =
                        () -> {
                            for (int n = next.getAndIncrement();
                                    n < ASKED;
                                    n = next.getAndIncrement()) {
                                int status = get(n, "/" + algorithm, "acme").statusCode();
                                assertThat(status).isIn(200, 429);
                                (status == 200 ? passed : refused).incrementAndGet();
                            }
                            return true;
                        };
                all.add(threads.submit(one));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
        // The quota is of a day: the bucket gives a unit back each 14 minutes, and midnight is
        // rare.
        assertThat(passed.get()).isEqualTo(100);
        assertThat(passed.get() + refused.get()).isEqualTo(ASKED);
        assertThat(get(0, "/" + algorithm, "other").statusCode()).isEqualTo(200);
    }

    @Test
    void aClientIsToldWhatItHasLeftAndWhenToComeBack() throws Exception {
        HttpResponse<String> first = get(0, "/tiny", "x");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(first.headers().firstValue("ratelimit-policy").orElseThrow())
                .isEqualTo("\"tiny-hour\";q=3;w=3600");
        assertThat(first.headers().firstValue("ratelimit").orElseThrow())
                .startsWith("\"tiny-hour\";r=2;t=");
        assertThat(get(0, "/tiny", "x").statusCode()).isEqualTo(200);
        assertThat(get(0, "/tiny", "x").statusCode()).isEqualTo(200);
        HttpResponse<String> over = get(0, "/tiny", "x");
        assertThat(over.statusCode()).isEqualTo(429);
        long wait = over.headers().firstValueAsLong("retry-after").orElseThrow();
        assertThat(wait).isBetween(1L, 3600L);
        assertThat(over.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(over.body()).contains("\"retryAfterSeconds\":" + wait);
    }
}
