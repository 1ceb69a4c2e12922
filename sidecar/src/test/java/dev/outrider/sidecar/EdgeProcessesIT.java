package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrider.sidecar.redis.RedisServer;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three processes that share one Redis and agree on nothing else: one's clock is 97 minutes ahead,
 * another's 12 minutes behind.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeProcessesIT {
    private static final List<String> CLOCKS = List.of("", "+97m", "-12m");
    private static final int CLIENTS = 6;
    private static final int ASKED = 300;

    private final List<EdgeProcess> edges = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final KeyPair signer = Jwts.SIG.RS256.keyPair().build();
    private EchoApp app;
    private RedisServer redis;
    private HttpClient client;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        assumeThat(EdgeProcess.library())
                .as("libfaketime of Debian's package faketime")
                .isPresent();
        app = new EchoApp();
        redis = RedisServer.start();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Path keys = folder.resolve("jwks.json");
        var key = Jwks.builder().key((RSAPublicKey) signer.getPublic()).id("one").build();
        Files.writeString(keys, "{\"keys\":[" + new ObjectMapper().writeValueAsString(key) + "]}");
        for (String clock : CLOCKS) {
            edges.add(new EdgeProcess(folder, "edge" + edges.size(), yaml(keys), clock));
        }
        for (EdgeProcess each : edges) {
            ports.add(each.port("edge-plain"));
        }
        SharedLimits.awaitRedis(CLOCKS.size(), this::status);
    }

    private String yaml(Path keys) {
        return """
        profile: edge
        name: edge
        accessLog: {output: "off"}
        admin: {listen: "127.0.0.1:0"}
        runtime: {loops: 1}
        edge:
          http: {listen: "127.0.0.1:0", redirect: false}
          redis: {addresses: ["%s"], budget: 1s}
          auth:
            jwt:
              denyList: {redis: true}
              issuers:
                shop:
                  issuer: https://login.example.com
                  audience: [orders]
                  jwks: {file: "%s"}
                  algorithms: [RS256]
          services:
            app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
          limits:
            named:
        %s
          routes:
            - name: orders
              match: {path: {prefix: /orders}}
              service: app
              auth: {jwt: [shop]}
        %s\
        """
                .formatted(
                        redis.address(),
                        keys,
                        app.address(),
                        SharedLimits.named(),
                        SharedLimits.routes());
    }

    @AfterAll
    void stop() throws Exception {
        edges.forEach(EdgeProcess::close);
        if (client != null) {
            client.shutdownNow();
            redis.close();
            app.close();
        }
    }

    private int status(int edge, String path, String customer) throws Exception {
        return send(ports.get(edge % ports.size()), "GET", path, "X-Customer", customer)
                .statusCode();
    }

    private HttpResponse<String> send(int port, String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .headers(headers)
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @MethodSource("dev.outrider.sidecar.SharedLimits#algorithms")
    void exactlyTheQuotaPassesThoughNoTwoClocksAgree(String algorithm) throws Exception {
        SharedLimits.assertExact(algorithm, CLIENTS, ASKED, this::status);
    }

    @Test
    void whatOneEdgesOperatorDeniesIsRefusedByAll() throws Exception {
        String token = token("token-1");
        String other = token("token-2");
        // The first edge's clock is right; for the others the token may be of the future or past.
        assertThat(orders(0, token)).isEqualTo(200);
        HttpResponse<String> done =
                send(
                        edges.get(1).port("admin"),
                        "POST",
                        "/tokens/token-1/deny?for=24h",
                        "Accept",
                        "*/*");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(60)).until(() -> orders(0, token) == 401);
        assertThat(orders(0, other)).isEqualTo(200);
        assertThat(send(edges.get(2).port("admin"), "GET", "/tokens", "Accept", "*/*").body())
                .contains("\"denied\"");
        HttpResponse<String> wrong =
                send(
                        edges.get(1).port("admin"),
                        "POST",
                        "/tokens/token-1/deny?for=ever",
                        "Accept",
                        "*/*");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("24h");
    }

    private int orders(int edge, String token) throws Exception {
        return send(ports.get(edge), "GET", "/orders", "Authorization", "Bearer " + token)
                .statusCode();
    }

    private String token(String id) {
        Instant now = Instant.now();
        return Jwts.builder()
                .header()
                .keyId("one")
                .and()
                .id(id)
                .issuer("https://login.example.com")
                .subject("alice")
                .audience()
                .add("orders")
                .and()
                .issuedAt(Date.from(now.minusSeconds(5)))
                .expiration(Date.from(now.plusSeconds(600)))
                .signWith(signer.getPrivate(), Jwts.SIG.RS256)
                .compact();
    }
}
