package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.Pem;
import dev.outrider.sidecar.auth.EdgeIssuers;
import dev.outrider.sidecar.auth.keys.FileKeyStore;
import dev.outrider.sidecar.auth.keys.IssuedKey;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.auth.keys.KeyRequest;
import dev.outrider.sidecar.tls.WebPki;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Callers from outside before a whole edge, and what the app behind it learns of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeAuthIT {
    private static final String ROBOT = "spiffe://partner.example/robot";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Mesh mesh;
    private EchoApp app;
    private HttpClient client;
    private KeyOperations keys;
    private IssuedKey key;
    private String yaml;
    private Path config;
    private Sidecar edge;
    private WebPki web;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Path jwks = Files.writeString(folder.resolve("staff.jwks"), EdgeIssuers.staffKeys());
        Path file = folder.resolve("keys.json");
        InstantSource clock = InstantSource.system();
        keys =
                new KeyOperations(
                        new FileKeyStore(file, clock), clock, new SecureRandom(), () -> {});
        key =
                keys.create(
                        new KeyRequest(
                                "acme", "gold", List.of("read"), List.of("buyer"), "", null));
        web = new WebPki("web");
        Path roots =
                Files.writeString(folder.resolve("roots.pem"), Pem.encode(List.of(web.root())));
        yaml =
                """
                profile: edge
                name: edge
                accessLog: {output: "off"}
                admin: {listen: "127.0.0.1:0"}
                runtime: {loops: 1}
                edge:
                  http: {listen: "127.0.0.1:0", redirect: false}
                  https:
                    listen: 127.0.0.1:0
                    tls: {certificates: [%s], clients: optional, clientRoots: "%s"}
                  clients: {address: {trustedProxies: [127.0.0.0/8]}}
                  services:
                    app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
                  auth:
                    jwt:
                      issuers:
                        staff: {issuer: "%s", audience: [api], jwks: {file: "%s"}}
                    apiKeys: {file: "%s"}
                    certificates: {"CN=scanner": {roles: [warehouse]}, "%s": {roles: [warehouse]}}
                  routes:
                    - name: scan
                      match: {path: {prefix: /scan}}
                      service: app
                      auth: {certificate: required, roles: {any: [warehouse]}}
                    - name: orders
                      match: {path: {prefix: /orders}}
                      service: app
                      auth: {jwt: [staff], apiKey: true, scopes: {all: [read]}}
                    - name: open
                      match: {path: {prefix: /open}}
                      service: app
                      auth: {anonymous: true}
                """
                        .formatted(
                                WebPki.write(web.leaf("edge", "localhost"), folder, "edge"),
                                roots,
                                app.address(),
                                EdgeIssuers.STAFF,
                                jwks,
                                file,
                                ROBOT);
        config = Files.writeString(folder.resolve("edge.yaml"), yaml);
        edge = mesh.watch(config);
        port = Objects.requireNonNull(edge.address("edge-plain")).getPort();
    }

    @AfterAll
    void stop() throws Exception {
        client.shutdownNow();
        mesh.close();
        app.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String bearer(String more) {
        return "Bearer " + EdgeIssuers.expiring(Instant.now().plusSeconds(600), more);
    }

    @Test
    void aTokenOpensTheRouteAndTheAppLearnsWhoCalls() throws Exception {
        String token = bearer("'scope':'read write','roles':['editor']");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get("/orders", "Authorization", token).statusCode())
                                .isEqualTo(200));
        String seen =
                get(
                                "/orders",
                                "Authorization",
                                token,
                                "X-Auth-Roles",
                                "admin",
                                "X_Auth_User",
                                "root",
                                "X-Forwarded-For",
                                "6.6.6.6, 192.0.2.1")
                        .body();
        assertThat(seen)
                .contains("x-auth-user: ann\n")
                .contains("x-auth-roles: editor\n")
                .contains("x-auth-scopes: read write\n")
                .contains("x-auth-issuer: " + EdgeIssuers.STAFF + "\n")
                .contains("x-forwarded-for: 192.0.2.1, 127.0.0.1\n")
                .doesNotContain("authorization")
                .doesNotContain("admin")
                .doesNotContain("root");
    }

    @Test
    void whoHasNoScopeIsForbidden() throws Exception {
        HttpResponse<String> answer = get("/orders", "Authorization", bearer("'scope':'write'"));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("access-denied").doesNotContain("read");
        assertThat(answer.headers().allValues("www-authenticate"))
                .containsExactly("Bearer realm=\"edge\", error=\"insufficient_scope\"");
    }

    @Test
    void whoeverIsNobodyIsToldWhatWouldDo() throws Exception {
        for (String[] bad :
                new String[][] {
                    {},
                    {"Authorization", "Bearer x.y.z"},
                    {"Authorization", bearer("'nbf':99999999999")},
                    {"X-Api-Key", "ork_nobody"},
                    {"X-Auth-User", "root"}
                }) {
            HttpResponse<String> answer = get("/orders", bad);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("content-type"))
                    .hasValue("application/problem+json");
            assertThat(answer.headers().allValues("www-authenticate"))
                    .hasSize(2)
                    .anyMatch(each -> each.startsWith("Bearer realm=\"edge\""))
                    .contains("ApiKey realm=\"edge\"");
            assertThat(answer.body())
                    .contains("\"reason\":\"unauthorized\"")
                    .containsPattern("\"traceId\":\"[0-9a-f]{32}\"")
                    .contains("\"requestId\":");
        }
    }

    @Test
    void aKeyOpensTheRouteUntilItIsRevoked() throws Exception {
        IssuedKey second = keys.rotate(key.key().id(), Duration.ofHours(1), null);
        await().atMost(PATIENCE)
                .until(() -> get("/orders", "X-Api-Key", second.secret()).statusCode() == 200);
        String seen = get("/orders", "Authorization", "ApiKey " + key.secret()).body();
        assertThat(seen)
                .contains("x-auth-user: acme\n")
                .contains("x-auth-issuer: api-key\n")
                .doesNotContain("ork_");
        keys.revoke(second.key().id());
        await().atMost(PATIENCE)
                .until(() -> get("/orders", "X-Api-Key", second.secret()).statusCode() == 401);
        assertThat(get("/orders", "X-Api-Key", key.secret()).statusCode()).isEqualTo(200);
    }

    @Test
    void twoCredentialsAreOneTooMany() throws Exception {
        HttpResponse<String> answer =
                get(
                        "/orders",
                        "X-Api-Key",
                        key.secret(),
                        "Authorization",
                        bearer("'scope':'read'"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("two-credentials");
    }

    @Test
    void anOpenRouteTellsTheAppNothingAndLetsNoForgeryThrough() throws Exception {
        HttpResponse<String> answer =
                get(
                        "/open",
                        "X-Auth-User",
                        "root",
                        "X-Forwarded-Client-Cert",
                        "URI=spiffe://cluster.local/ns/a/sa/b",
                        "Outrider-Timeout-Ms",
                        "1",
                        "Authorization",
                        "Basic eDp5",
                        "X-Api-Key",
                        "mine");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .doesNotContain("x-auth-user")
                .doesNotContain("forwarded-client-cert")
                .doesNotContain("authorization")
                .doesNotContain("x-api-key")
                .contains("x-forwarded-proto: http\n");
    }

    @Test
    void aChangeOfOtherThingsForgetsNoKeyAndNoIssuer() throws Exception {
        String token = bearer("'scope':'read'");
        await().atMost(PATIENCE)
                .until(() -> get("/orders", "Authorization", token).statusCode() == 200);
        for (int i = 0; i < 10; i++) {
            become("realm: r" + i);
            assertThat(get("/orders", "X-Api-Key", key.secret()).statusCode()).isEqualTo(200);
            assertThat(get("/orders", "Authorization", token).statusCode()).isEqualTo(200);
            assertThat(get("/orders").headers().allValues("www-authenticate"))
                    .contains("ApiKey realm=\"r" + i + "\"");
        }
        become("realm: edge");
    }

    private void become(String line) throws Exception {
        Files.writeString(
                config, yaml.replace("auth:\n    jwt", "auth:\n    " + line + "\n    jwt"));
        assertThat(edge.reload().errors()).isEmpty();
    }

    @Test
    void theCommandWorksOnTheRunningEdgeAndMetricsSayWhoWasRefused() throws Exception {
        assertThat(get("/orders", "X-Api-Key", "ork_typo").statusCode()).isEqualTo(401);
        int admin = Objects.requireNonNull(edge.address("admin")).getPort();
        StringWriter out = new StringWriter();
        int exit =
                Commands.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .execute("keys", "create", "-a", "127.0.0.1:" + admin, "--owner", "a b&c");
        assertThat(exit).isZero();
        String made = out.toString().strip();
        await().atMost(PATIENCE).until(() -> get("/orders", "X-Api-Key", made).statusCode() == 403);
        exit =
                Commands.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .execute(
                                "keys",
                                "revoke",
                                "-a",
                                "127.0.0.1:" + admin,
                                made.substring(4, 16));
        assertThat(exit).isZero();
        assertThat(out.toString()).contains("revoked").contains("a b&c");
        String metrics =
                client.send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://127.0.0.1:" + admin + "/metrics"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        assertThat(metrics)
                .containsPattern(
                        "outrider_api_keys_refused_total\\{reason=\"key-malformed\"\\} [1-9]")
                .contains("outrider_edge_jwks_keys{issuer=\"staff\"} 1")
                .contains("outrider_edge_callers_refused_total{reason=\"two-credentials\"}")
                .contains("outrider_edge_tokens_refused_total{reason=\"token-claim\"}");
    }

    @Test
    void aCertificateOpensItsRouteWhereItHasTheRole() throws Exception {
        HttpResponse<String> scanner = scan(web.leaf("scanner"));
        assertThat(scanner.statusCode()).as(scanner.body()).isEqualTo(200);
        assertThat(scanner.body())
                .contains("x-auth-user: CN=scanner\n")
                .contains("x-auth-issuer: client-certificate\n")
                .contains("x-auth-roles: warehouse\n")
                .contains("x-forwarded-proto: https\n");
        HttpResponse<String> other = scan(web.leaf("other"));
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(other.body()).contains("access-denied");
        HttpResponse<String> nobody = scan(null);
        assertThat(nobody.statusCode()).isEqualTo(403);
        assertThat(nobody.body()).contains("certificate-required");
    }

    @Test
    void aSpiffeIdNamesItsClientAndTheAppLearnsOfTheCertificate() throws Exception {
        WebPki.Leaf robot = web.leaf("robot", ROBOT, "robot.example");
        String seen = scan(robot).body();
        String hash =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(robot.certificate().getEncoded()));
        assertThat(seen)
                .contains("x-auth-user: " + ROBOT + "\n")
                .contains("x-auth-roles: warehouse\n")
                .contains(
                        "x-forwarded-client-cert: Hash="
                                + hash
                                + ";Subject=\"CN=robot\";URI="
                                + ROBOT
                                + ";DNS=robot.example\n")
                .doesNotContain("admin");
        become("forwardCertificate: false");
        assertThat(scan(robot).body())
                .contains("x-auth-user: " + ROBOT + "\n")
                .doesNotContain("forwarded-client-cert")
                .doesNotContain("forwarded_client_cert");
        become("realm: edge");
    }

    private HttpResponse<String> scan(WebPki.@Nullable Leaf own) throws Exception {
        int secure = Objects.requireNonNull(edge.address("edge")).getPort();
        HttpClient.Builder builder = HttpClient.newBuilder().sslContext(web.client(own, "TLS"));
        try (HttpClient certified = builder.build()) {
            return certified.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + secure + "/scan"))
                            .header("X-Forwarded-Client-Cert", "URI=spiffe://cluster.local/admin")
                            .header("X_Forwarded_Client_Cert", "URI=spiffe://cluster.local/admin")
                            .timeout(Duration.ofSeconds(60))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
