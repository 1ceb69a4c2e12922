package dev.outrider.sidecar;

import static dev.outrider.sidecar.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.JwtSvids;
import dev.outrider.certs.SpiffeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** web calls orders through two whole sidecars, with a real authority. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeshIT {
    private Path folder;
    private Mesh mesh;
    private EchoApp app;
    private Sidecar web;
    private Sidecar orders;
    private Path denied;

    @BeforeAll
    void startMesh(@TempDir Path directory) throws Exception {
        folder = directory;
        mesh = new Mesh(folder);
        app = new EchoApp();
        denied = Files.writeString(folder.resolve("denied"), "# nobody yet\n");
        orders = mesh.start("orders", ordersYaml(Mesh.ORDERS));
        web = mesh.start("web", webYaml());
    }

    @AfterAll
    void stopMesh() throws Exception {
        mesh.close();
        app.close();
    }

    private String ordersYaml(SpiffeId id) throws IOException {
        return mesh.identity(id)
                + """
                inbound:
                  listen: 127.0.0.1:0
                  app: %s
                  jwt: {audience: [orders], denyList: %s}
                  access:
                    - allow: {from: ["spiffe://cluster.local/ns/shop/sa/*"], methods: [GET, POST]}
                    - deny: {paths: [/private/*]}
                """
                        .formatted(app.address(), denied);
    }

    private String webYaml() throws IOException {
        return mesh.identity(Mesh.WEB)
                + """
                outbound:
                  listen: 127.0.0.1:0
                  services:
                    orders:
                      hosts: [orders]
                      endpoints: {static: ["127.0.0.1:%1$d"]}
                      identity: spiffe://cluster.local/ns/shop/sa/orders
                      audience: orders
                      timeout: 50s
                    billing:
                      hosts: [billing]
                      endpoints: {static: ["127.0.0.1:%1$d"]}
                      identity: spiffe://cluster.local/ns/shop/sa/billing
                      audience: billing
                      timeout: 50s
                """
                        .formatted(port(orders, "inbound"));
    }

    private static int port(Sidecar sidecar, String listener) {
        InetSocketAddress address = Objects.requireNonNull(sidecar.address(listener));
        return address.getPort();
    }

    private RawClient.Answer callOrders(String path, String... fields) throws IOException {
        return get(port(web, "outbound"), "orders", path, fields);
    }

    private RawClient.Answer admin(Sidecar sidecar, String path) throws IOException {
        return get(port(sidecar, "admin"), "localhost", path);
    }

    private void logged(String name, String... texts) {
        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() ->
                        assertThat(Files.readAllLines(mesh.accessLog(name)))
                                .anySatisfy(line -> assertThat(line).contains(texts)));
    }

    @Test
    void aRequestReachesTheAppWithWhoAndWhichAndHowLong() throws Exception {
        RawClient.Answer answer = callOrders("/items?page=2");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("GET /items?page=2\n")
                .containsPattern("x-request-id: [0-9a-f-]{36}\n")
                .containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\n")
                .containsPattern("outrider-timeout-ms: [0-9]{1,5}\n")
                .contains("x-forwarded-client-cert: By=" + Mesh.ORDERS)
                .contains("URI=" + Mesh.WEB)
                .doesNotContain("workload-identity-token");
        logged("orders", "\"direction\":\"inbound\"", "\"peer\":\"" + Mesh.WEB + "\"");
        logged("web", "\"direction\":\"outbound\"", "\"service\":\"orders\"");
    }

    @Test
    void oneRequestIdAndOneTraceJoinTheHops() throws Exception {
        String id = "00000000-0000-4000-8000-000000000001";
        String trace = "11112222333344445555666677778888";
        RawClient.Answer answer =
                callOrders(
                        "/traced",
                        "x-request-id: " + id,
                        "traceparent: 00-" + trace + "-00f067aa0ba902b7-01");

        assertThat(answer.body()).contains("x-request-id: " + id).contains("00-" + trace + "-");
        logged("web", id, trace);
        logged("orders", id, trace);
    }

    @Test
    void theAppCannotSpeakInTheNameOfTheMesh() throws Exception {
        RawClient.Answer answer =
                callOrders(
                        "/spoofed",
                        "x-forwarded-client-cert: By=spiffe://cluster.local/ns/shop/sa/king",
                        "workload-identity-token: mine");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("king").doesNotContain("mine");
    }

    @Test
    void anAccessRuleDenies() throws Exception {
        RawClient.Answer answer = callOrders("/private/a", "Accept: application/json");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).contains("\"reason\":\"access-denied\"");
        assertThat(answer.header("proxy-status")).contains("access-denied");
        logged("orders", "/private/a", "\"reason\":\"access-denied\"");
    }

    @Test
    void aCallerWithoutATokenIsNotToldWhy() throws Exception {
        refused(RawClient.secure(port(orders, "inbound"), mesh.svid(Mesh.WEB), "/no-token"));
        logged("orders", "/no-token", "token-missing");
    }

    @Test
    void aStolenTokenIsUseless() throws Exception {
        String token = mesh.token(mesh.svid(Mesh.WEB), "orders");

        refused(withToken(Mesh.THIEF, "/stolen", token));
        logged("orders", "/stolen", "token-subject-mismatch", Mesh.THIEF.toString());
        assertThat(withToken(Mesh.WEB, "/own", token).status()).isEqualTo(200);
    }

    @Test
    void aTokenForSomebodyElseIsRefused() throws Exception {
        String token = mesh.token(mesh.svid(Mesh.WEB), "billing");

        refused(withToken(Mesh.WEB, "/audience", token));
        logged("orders", "/audience", "token-audience");
    }

    @Test
    void aForeignTokenIsRefused() throws Exception {
        JwtKeys foreign = JwtKeys.NONE.rotated(mesh.schedule, Instant.now(), new SecureRandom());

        refused(withToken(Mesh.WEB, "/foreign", token(foreign, Instant.now())));
        logged("orders", "/foreign", "token-unknown-key");
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        JwtKeys keys = mesh.directory.currentJwtKeys(mesh.schedule, InstantSource.system());
        JwtKeys.JwtKey key = keys.keys().getFirst();
        Instant then = Instant.now().minus(Duration.ofHours(1));
        JwtKeys older =
                new JwtKeys(
                        1,
                        List.of(
                                new JwtKeys.JwtKey(
                                        key.kid(),
                                        key.algorithm(),
                                        key.pair(),
                                        then,
                                        key.signsUntil())));

        refused(withToken(Mesh.WEB, "/expired", token(older, then)));
        logged("orders", "/expired", "token-expired");
    }

    private static String token(JwtKeys keys, Instant when) {
        return new JwtSvids(() -> keys, InstantSource.fixed(when), new SecureRandom())
                .issue(Mesh.WEB, List.of("orders"), Duration.ofMinutes(10))
                .token();
    }

    @Test
    void aTokenCanBeCalledOffByItsId() throws Exception {
        String token = mesh.token(mesh.svid(Mesh.WEB), "orders");
        assertThat(withToken(Mesh.WEB, "/before", token).status()).isEqualTo(200);

        Files.writeString(denied, "# stolen\n" + tokenId(token) + "\n");

        await().atMost(Mesh.PATIENCE)
                .until(() -> withToken(Mesh.WEB, "/called-off", token).status() == 401);
        logged("orders", "/called-off", "token-denied");
        assertThat(callOrders("/others").status()).isEqualTo(200);
    }

    private static String tokenId(String token) {
        String claims =
                new String(
                        Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]),
                        StandardCharsets.UTF_8);
        Matcher id = Pattern.compile("\"jti\":\"([^\"]+)\"").matcher(claims);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private RawClient.Answer withToken(SpiffeId caller, String path, String token)
            throws Exception {
        return RawClient.secure(
                port(orders, "inbound"),
                mesh.svid(caller),
                path,
                "workload-identity-token: " + token);
    }

    private static void refused(RawClient.Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).contains("unauthorized").doesNotContain("token-");
        assertThat(answer.header("proxy-status")).doesNotContain("token-");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void somebodyElseAtTheAddressIsNotCalled() throws Exception {
        try (LogLines tls = new LogLines("dev.outrider.tls")) {
            RawClient.Answer answer = get(port(web, "outbound"), "billing", "/pay");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("tls-failed");
            logged("web", "/pay", "\"reason\":\"tls-failed\"");
            assertThat(tls.all())
                    .anySatisfy(line ->
                            assertThat(line)
                                    .contains("wrong-identity")
                                    .contains(Mesh.ORDERS.toString())
                                    .contains("sa/billing"));
        }
    }

    @Test
    void anUnknownHostHasNoRoute() throws Exception {
        RawClient.Answer answer = get(port(web, "outbound"), "nowhere", "/");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("\"reason\":\"no-route\"").contains("nowhere");
    }

    @Test
    void operatorsSeeWhatGoesOnAndNoSecrets() throws Exception {
        assertThat(callOrders("/seen").status()).isEqualTo(200);
        String bootstrap = Files.readString(mesh.bootstrapFile("web"));
        RawClient.Answer ready = admin(web, "/ready");
        RawClient.Answer dump = admin(web, "/config_dump");
        RawClient.Answer clusters = admin(web, "/clusters");

        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body()).contains("identity").contains("ends").contains("the authority");
        assertThat(admin(orders, "/ready").body()).contains("token-keys");
        assertThat(dump.body()).contains("cluster.local").doesNotContain(bootstrap);
        assertThat(clusters.body())
                .contains("\"name\" : \"orders\"")
                .contains("127.0.0.1:" + port(orders, "inbound"));
        assertThat(admin(web, "/certs").body()).contains(Mesh.WEB.toString());
        assertThat(get(port(web, "admin"), "localhost", "/drain_listeners").status())
                .isEqualTo(405);
        assertThat(Files.readString(mesh.accessLog("web"))).doesNotContain(bootstrap);
    }

    @Test
    void metricsParseAndTellOfBothSides() throws Exception {
        assertThat(callOrders("/counted").status()).isEqualTo(200);
        assertThat(callOrders("/private/counted").status()).isEqualTo(403);
        String outgoing = admin(web, "/metrics").body();
        String incoming = admin(orders, "/metrics").body();
        Pattern sample =
                Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{[^}]*})? (-?[0-9.E+-]+|NaN|[+-]Inf)");

        assertThat((outgoing + incoming).lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> sample.matcher(line).matches());
        assertThat(outgoing)
                .containsPattern(
                        "istio_requests_total\\{[^}]*destination_principal=\"" + Mesh.ORDERS)
                .containsPattern("outrider_event_loop_lag_seconds\\{loop=\"0\"} ")
                .containsPattern("outrider_identity_token_audiences [12]");
        assertThat(incoming)
                .containsPattern("istio_requests_total\\{[^}]*source_principal=\"" + Mesh.WEB)
                .containsPattern("outrider_access_denied_total [1-9]")
                .containsPattern("outrider_jwks_keys [1-9]")
                .contains("outrider_tokens_refused_total{reason=\"token-expired\"}")
                .contains("outrider_deny_list_ids ");
    }

    @Test
    void anOperatorOpensABreakerAndResetsIt() throws Exception {
        int admin = port(web, "admin");
        assertThat(post(admin, "/breakers/orders/force-open")).isEqualTo(200);
        RawClient.Answer refused = callOrders("/broken");
        String shown = admin(web, "/breakers").body();
        assertThat(post(admin, "/breakers/orders/reset")).isEqualTo(200);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("circuit-open");
        assertThat(shown).contains("forced-open");
        assertThat(callOrders("/mended").status()).isEqualTo(200);
        assertThat(post(admin, "/breakers/nobody/reset")).isEqualTo(404);
    }

    private static int post(int port, String path) throws IOException {
        return RawClient.call(port, "POST", "localhost", path).status();
    }

    @Test
    void logFilesAreOpenedAnewOnRequest() throws Exception {
        assertThat(callOrders("/before-rotation").status()).isEqualTo(200);
        logged("web", "/before-rotation");
        Path old = folder.resolve("web-access.log.1");
        Files.move(mesh.accessLog("web"), old);

        assertThat(post(port(web, "admin"), "/reopen_logs")).isEqualTo(200);

        assertThat(callOrders("/after-rotation").status()).isEqualTo(200);
        await().atMost(Mesh.PATIENCE).until(() -> Files.exists(mesh.accessLog("web")));
        logged("web", "/after-rotation");
    }
}
