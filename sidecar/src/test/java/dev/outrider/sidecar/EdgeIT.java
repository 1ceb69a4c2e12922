package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.Pem;
import dev.outrider.sidecar.tls.WebPki;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Clients from outside, an edge, and behind it a strict sidecar of the mesh with its app. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeIT {
    private Mesh mesh;
    private EchoApp app;

    /** Takes connections and never says a word. */
    private ServerSocket mute;

    private WebPki web;
    private HttpClient client;
    private int secure;
    private int plain;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        web = new WebPki("web");
        Path roots =
                Files.writeString(folder.resolve("roots.pem"), Pem.encode(List.of(web.root())));
        client =
                HttpClient.newBuilder()
                        .sslContext(web.client(null, "TLS"))
                        .connectTimeout(Duration.ofSeconds(20))
                        .build();
        Sidecar orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: %s
                                  jwt: {audience: [orders]}
                                  access: [{allow: {from: ["%s"]}}]
                                  clientCertificatesFrom: ["%s"]
                                """
                                        .formatted(app.address(), Mesh.WEB, Mesh.WEB));
        Sidecar edge =
                mesh.start(
                        "web",
                        "profile: edge\n"
                                + mesh.identity(Mesh.WEB)
                                + """
                                edge:
                                  https:
                                    listen: 127.0.0.1:0
                                    tls: {certificates: [%s], clients: optional, clientRoots: "%s"}
                                    hsts: {maxAge: 24h}
                                  http: {listen: "127.0.0.1:0", httpsPort: 8443}
                                  services:
                                    orders:
                                      hosts: [orders]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      identity: ["%s"]
                                      audience: orders
                                    mute:
                                      hosts: [mute]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      mtls: false
                                      timeout: 0s
                                  routes:
                                    - name: orders
                                      match: {path: {prefix: /orders}, methods: [GET]}
                                      service: orders
                                      auth: {anonymous: true}
                                      rewrite: {prefix: /v1/orders}
                                    - name: slow
                                      match: {path: {exact: /slow}}
                                      service: mute
                                      auth: {anonymous: true}
                                    - name: moved
                                      match: {path: {exact: /old}}
                                      redirect: {path: /orders, status: 301}
                                """
                                        .formatted(
                                                WebPki.write(
                                                        web.leaf("edge", "localhost"),
                                                        folder,
                                                        "edge"),
                                                roots,
                                                port(orders, "inbound"),
                                                Mesh.ORDERS,
                                                mute.getLocalPort()));
        secure = port(edge, "edge");
        plain = port(edge, "edge-plain");
    }

    @AfterAll
    void stop() throws Exception {
        client.shutdownNow();
        mesh.close();
        app.close();
        mute.close();
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private HttpResponse<String> get(String uri, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String https(String path) {
        return "https://localhost:" + secure + path;
    }

    @Test
    void aCallFromOutsideArrivesInTheMeshAsTheEdges() throws Exception {
        HttpResponse<String> answer = get(https("/orders/7?x=1"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body())
                .startsWith("GET /v1/orders/7?x=1\n")
                .contains("URI=" + Mesh.WEB)
                .contains("traceparent: 00-");
        assertThat(answer.headers().firstValue("strict-transport-security"))
                .hasValue("max-age=86400");
    }

    @Test
    void theAppLearnsWhoTheEdgesClientIsAndNobodyElseCanSayIt() throws Exception {
        String forged = "By=x;Hash=00;Subject=\"CN=admin\";URI=spiffe://cluster.local/admin";
        String own = ";Subject=\"\";URI=" + Mesh.WEB + "\n";
        String[] nobody = xfcc(get(https("/orders/1"), "X-Forwarded-Client-Cert", forged).body());
        assertThat(nobody).hasSize(1);
        assertThat(nobody[0]).contains("By=" + Mesh.ORDERS + ";Hash=").endsWith(own.strip());
        try (HttpClient partner =
                HttpClient.newBuilder()
                        .sslContext(web.client(web.leaf("partner", "partner.example"), "TLS"))
                        .build()) {
            HttpResponse<String> answer =
                    partner.send(
                            HttpRequest.newBuilder(URI.create(https("/orders/1")))
                                    .timeout(Duration.ofSeconds(30))
                                    .header("X-Forwarded-Client-Cert", forged)
                                    .header("x_forwarded_client_cert", forged)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            String[] seen = xfcc(answer.body());
            assertThat(seen).hasSize(2);
            assertThat(seen[0])
                    .matches(
                            "By="
                                    + Mesh.WEB
                                    + ";Hash=[0-9a-f]{64};Subject=\"CN=partner\""
                                    + ";DNS=partner.example");
            assertThat(seen[1]).isEqualTo(nobody[0]);
            assertThat(answer.body()).doesNotContain("admin");
        }
    }

    /** The elements that the app saw; none of these tests' has a comma within. */
    private static String[] xfcc(String echoed) {
        List<String> lines =
                echoed.lines()
                        .filter(line -> line.startsWith("x-forwarded-client-cert: "))
                        .toList();
        assertThat(lines).as(echoed).hasSize(1);
        return lines.getFirst().split(": ", 2)[1].split(",", -1);
    }

    @Test
    void onlyWhatARouteHasIsServed() throws Exception {
        assertThat(get(https("/elsewhere")).statusCode()).isEqualTo(404);
        HttpResponse<String> posted =
                client.send(
                        HttpRequest.newBuilder(URI.create(https("/orders")))
                                .POST(HttpRequest.BodyPublishers.ofString("x"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("allow")).hasValue("GET, HEAD");
        HttpResponse<String> moved = get(https("/old"));
        assertThat(moved.statusCode()).isEqualTo(301);
        assertThat(get(https("/orders/%2e%2e/admin")).statusCode()).isEqualTo(400);
    }

    @Test
    void aGrpcClientsDeadlineHoldsAndTheMeshsOwnIsNotBelieved() throws Exception {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(https("/slow")))
                                .timeout(Duration.ofSeconds(30))
                                .header("content-type", "application/grpc")
                                .header("grpc-timeout", "300m")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("grpc-status")).hasValue("4");
        assertThat(get(https("/orders/1"), "outrider-timeout-ms", "0").statusCode()).isEqualTo(200);
    }

    @Test
    void plainTextIsSentToHttps() throws Exception {
        HttpResponse<String> answer = get("http://localhost:" + plain + "/orders?x=1");
        assertThat(answer.statusCode()).isEqualTo(308);
        assertThat(answer.headers().firstValue("location"))
                .hasValue("https://localhost:8443/orders?x=1");
    }
}
