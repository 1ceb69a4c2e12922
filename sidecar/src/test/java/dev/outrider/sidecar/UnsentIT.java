package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An instance whose sidecar is there and whose app is not: what it could not take goes to another,
 * also what may not be repeated, since it has not been done.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class UnsentIT {
    /** Every other one goes to the dead instance first, which the retry budget allows. */
    private static final int CALLS = 8;

    private Mesh mesh;
    private EchoApp echo;
    private H2Peer grpc;
    private ServerSocket raw;
    private Sidecar web;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        echo = new EchoApp();
        grpc = H2Peer.server();
        raw = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        int dead = instance("dead", MeshPair.freePort(), "auto");
        String services =
                service("orders", dead, instance("echo", echo.port(), "http1"))
                        + service("calls", dead, instance("grpc", grpc.port(), "http2"))
                        + service("raw", instance("raw", raw.getLocalPort(), "http1"));
        web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + "outbound:\n  listen: 127.0.0.1:0\n  services:\n"
                                + services);
    }

    private int instance(String name, int app, String protocol) throws Exception {
        String inbound =
                "inbound: {listen: \"127.0.0.1:0\", app: \"127.0.0.1:%d\", protocol: %s}\n";
        Sidecar sidecar =
                mesh.start(name, mesh.identity(Mesh.ORDERS) + inbound.formatted(app, protocol));
        return MeshPair.port(sidecar, "inbound");
    }

    private static String service(String name, int... ports) {
        StringBuilder endpoints = new StringBuilder();
        for (int port : ports) {
            endpoints.append(endpoints.isEmpty() ? "" : ", ").append("\"127.0.0.1:" + port + '"');
        }
        return """
            %1$s:
              hosts: [%1$s]
              endpoints: {static: [%2$s]}
              timeout: 50s
              balance: {algorithm: round-robin}
              breaker: {enabled: false}
              outliers: {enabled: false}
        """
                .formatted(name, endpoints);
    }

    @AfterEach
    void stop() throws Exception {
        mesh.close();
        echo.close();
        grpc.close();
        raw.close();
    }

    @Test
    void aPostGoesToAnotherInstance() throws Exception {
        for (int i = 0; i < CALLS; i++) {
            RawClient.Answer answer =
                    RawClient.call(MeshPair.port(web, "outbound"), "POST", "orders", "/" + i);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
        assertThat(retries()).isPositive();
    }

    @Test
    void aGrpcCallGoesToAnotherInstance() throws Exception {
        try (H2Peer client = H2Peer.client(MeshPair.port(web, "outbound"))) {
            for (int i = 0; i < CALLS; i++) {
                H2Stream call =
                        client.open()
                                .head(
                                        false,
                                        ":method",
                                        "POST",
                                        ":scheme",
                                        "http",
                                        ":authority",
                                        "calls",
                                        ":path",
                                        "/echo.Echo/Say",
                                        "content-type",
                                        "application/grpc",
                                        "te",
                                        "trailers")
                                .data(true, "question");
                H2Stream taken = grpc.accept();
                assertThat(taken.fields().get(":path")).isEqualTo("/echo.Echo/Say");
                assertThat(taken.rest().text()).isEqualTo("question");
                taken.head(
                        true,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "grpc-status",
                        "0");
                assertThat(call.fields().get("grpc-status")).isEqualTo("0");
            }
        }
        assertThat(retries()).isPositive();
    }

    private double retries() throws Exception {
        return MeshPair.metric(web, "outrider_retries_total");
    }

    @Test
    void anAppsWordIsNotTaken() throws Exception {
        try (H1Peer client = H1Peer.client(MeshPair.port(web, "outbound"))) {
            var _ = client.say("POST / HTTP/1.1\r\nHost: raw\r\nContent-Length: 0\r\n\r\n");
            try (H1Peer app = H1Peer.accept(raw)) {
                assertThat(app.head()).startsWith("POST / ");
                var _ =
                        app.say(
                                "HTTP/1.1 503 Busy\r\nOutrider-Unsent: connect-failed\r\n"
                                        + "Content-Length: 0\r\n\r\n");
                assertThat(client.head())
                        .startsWith("HTTP/1.1 503 ")
                        .doesNotContainIgnoringCase("outrider-unsent");
            }
        }
    }
}
