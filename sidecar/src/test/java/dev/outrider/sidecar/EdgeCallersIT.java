package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
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
import java.util.Date;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who calls a whole edge, by token and by API key, and what the service behind is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeCallersIT {
    private static final JsonMapper JSON = new JsonMapper();

    private final KeyPair signer = Jwts.SIG.RS256.keyPair().build();
    private Mesh mesh;
    private EchoApp app;
    private HttpClient client;
    private Path jwks;
    private Path file;
    private int port;
    private int admin;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        jwks = folder.resolve("jwks.json");
        var key = Jwks.builder().key((RSAPublicKey) signer.getPublic()).id("one").build();
        Files.writeString(jwks, "{\"keys\":[" + JSON.writeValueAsString(key) + "]}");
        Path keys = folder.resolve("keys.json");
        Files.writeString(keys, "{\"version\": 1, \"keys\": []}");
        file =
                Files.writeString(
                        folder.resolve("edge.yaml"),
                        """
                        profile: edge
                        name: edge
                        accessLog: {output: "off"}
                        admin: {listen: "127.0.0.1:0"}
                        runtime: {loops: 1}
                        edge:
                          http: {listen: "127.0.0.1:0", redirect: false}
                          auth:
                            jwt:
                              issuers:
                                shop:
                                  issuer: https://login.example.com
                                  audience: [orders]
                                  jwks: {file: "%s"}
                                  algorithms: [RS256]
                            apiKeys: {file: "%s"}
                          limits:
                            named:
                              orders:
                                key: [api-key]
                                quotas: {day: 2}
                                tiers: {gold: {day: 50}}
                          services:
                            app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
                          routes:
                            - name: orders
                              match: {path: {prefix: /orders}}
                              service: app
                              auth: {jwt: [shop], apiKey: true, scopes: {any: ["orders:read"]}}
                              limits: [orders]
                            - name: keyed
                              match: {path: {prefix: /keyed}}
                              service: app
                              auth: {apiKey: true}
                              limits: [orders]
                        """
                                .formatted(jwks, keys, app.address()));
        Sidecar edge = mesh.watch(file);
        port = Objects.requireNonNull(edge.address("edge-plain")).getPort();
        admin = Objects.requireNonNull(edge.address("admin")).getPort();
    }

    @AfterAll
    void stop() throws Exception {
        client.shutdownNow();
        mesh.close();
        app.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", "http://127.0.0.1:" + port + path, headers);
    }

    private JsonNode ofAdmin(String method, String path) throws Exception {
        HttpResponse<String> answer = send(method, "http://127.0.0.1:" + admin + path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String uri, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(uri))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String token(String audience, String scope, Instant expires) {
        return Jwts.builder()
                .header()
                .keyId("one")
                .and()
                .issuer("https://login.example.com")
                .subject("alice")
                .audience()
                .add(audience)
                .and()
                .claim("scope", scope)
                .issuedAt(Date.from(Instant.now().minusSeconds(60)))
                .expiration(Date.from(expires))
                .signWith(signer.getPrivate(), Jwts.SIG.RS256)
                .compact();
    }

    private String goodToken() {
        return token("orders", "orders:read", Instant.now().plusSeconds(600));
    }

    private String newKey(String owner, String tier) throws Exception {
        JsonNode made = ofAdmin("POST", "/keys?owner=" + owner + "&tier=" + tier);
        String key = made.path("key").asText();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        get("/elsewhere", "X-Api-Key", key).statusCode() == 404
                                && ofAdmin("GET", "/keys").path("keys").size() > 0);
        return key;
    }

    @Test
    void aTokenThatHoldsIsLetInAndItsOwnerIsTold() throws Exception {
        HttpResponse<String> answer =
                get(
                        "/orders/1",
                        "Authorization",
                        "Bearer " + goodToken(),
                        "X-Auth-User",
                        "root",
                        "X-Forwarded-For",
                        "6.6.6.6");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .contains("x-auth-user: alice")
                .contains("x-forwarded-for: 127.0.0.1")
                .doesNotContain("root")
                .doesNotContain("6.6.6.6")
                .doesNotContain("authorization:");
    }

    @Test
    void tokensPassWhileANewSourceOfTheirIssuersKeysIsSilent() throws Exception {
        String before = Files.readString(file);
        String silent = "jwks: {url: \"https://127.0.0.1:1/keys\"}";
        Files.writeString(file, before.replace("jwks: {file: \"" + jwks + "\"}", silent));
        try {
            assertThat(reload()).contains("in force");
            assertThat(get("/orders", "Authorization", "Bearer " + goodToken()).statusCode())
                    .isEqualTo(200);
        } finally {
            Files.writeString(file, before);
            assertThat(reload()).contains("in force");
        }
    }

    private String reload() throws Exception {
        return send("POST", "http://127.0.0.1:" + admin + "/reload").body();
    }

    @Test
    void othersAreToldNoMoreThanTheyNeed() throws Exception {
        HttpResponse<String> nobody = get("/orders");
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().allValues("www-authenticate").toString()).contains("Bearer");
        assertThat(nobody.body()).contains("\"traceId\":");
        String late = token("orders", "orders:read", Instant.now().minusSeconds(120));
        HttpResponse<String> expired = get("/orders", "Authorization", "Bearer " + late);
        assertThat(expired.statusCode()).isEqualTo(401);
        assertThat(expired.body()).doesNotContain("expired");
        String other = token("billing", "orders:read", Instant.now().plusSeconds(600));
        assertThat(get("/orders", "Authorization", "Bearer " + other).statusCode()).isEqualTo(401);
        String unfit = token("orders", "orders:write", Instant.now().plusSeconds(600));
        assertThat(get("/orders", "Authorization", "Bearer " + unfit).statusCode()).isEqualTo(403);
    }

    @Test
    void anApiKeyIsMadeLimitedByItsTierShownResetAndRevoked() throws Exception {
        String small = newKey("corner", "small");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/keyed", "X-Api-Key", small).statusCode() != 401);
        while (get("/keyed", "X-Api-Key", small).statusCode() == 200) {
            Thread.onSpinWait(); // until the quota of two is used
        }
        HttpResponse<String> over = get("/keyed", "X-Api-Key", small);
        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(over.headers().firstValue("ratelimit-policy").orElseThrow()).contains("q=2");

        String id = small.split("_", -1)[1];
        JsonNode use = ofAdmin("GET", "/limits/orders?key=api-key%3D" + id);
        assertThat(use.path("quotas").toString()).contains("\"remaining\":0");
        HttpResponse<String> reset =
                send(
                        "POST",
                        "http://127.0.0.1:" + admin + "/limits/orders/reset?key=api-key%3D" + id);
        assertThat(reset.statusCode()).as(reset.body()).isEqualTo(200);
        assertThat(get("/keyed", "X-Api-Key", small).statusCode()).isEqualTo(200);
        assertThat(ofAdmin("GET", "/limits").path("limits").path("orders").path("refused").asInt())
                .isPositive();

        String gold = newKey("store", "gold");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/keyed", "X-Api-Key", gold).statusCode() == 200);
        for (int i = 0; i < 10; i++) {
            assertThat(get("/keyed", "X-Api-Key", gold).statusCode()).isEqualTo(200);
        }
        assertThat(ofAdmin("POST", "/keys/" + id + "/revoke").path("state").asText())
                .isEqualTo("revoked");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/keyed", "X-Api-Key", small).statusCode() == 401);
        HttpResponse<String> metrics = send("GET", "http://127.0.0.1:" + admin + "/metrics");
        assertThat(metrics.body())
                .contains("outrider_limit_decisions_total{")
                .contains("outrider_api_keys_accepted_total");
    }
}
