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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
        SharedLimits.awaitRedis(EDGES, this::status);
    }

    private String yaml() {
        return """
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
        %s
          routes:
        %s
            - name: tiny
              match: {path: {prefix: /tiny}}
              service: app
              auth: {anonymous: true}
              limits: [tiny]
        """
                .formatted(
                        redis.address(),
                        app.address(),
                        SharedLimits.named(),
                        SharedLimits.routes());
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

    private int status(int edge, String path, String customer) throws Exception {
        return get(edge, path, customer).statusCode();
    }

    @ParameterizedTest
    @MethodSource("dev.outrider.sidecar.SharedLimits#algorithms")
    void exactlyTheQuotaPassesWhicheverEdgeIsAsked(String algorithm) throws Exception {
        SharedLimits.assertExact(algorithm, CLIENTS, ASKED, this::status);
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
