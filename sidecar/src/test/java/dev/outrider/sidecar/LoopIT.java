package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that would come back to the sidecar that sends them. */
@SuppressWarnings("NullAway.Init") // set before each test
class LoopIT {
    private Mesh mesh;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        mesh = new Mesh(folder);
    }

    @AfterEach
    void stop() throws IOException {
        mesh.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private Sidecar permissive(int listen, String app) throws IOException {
        return mesh.start(
                "web",
                mesh.identity(Mesh.WEB)
                        + "inbound: {listen: \"127.0.0.1:%d\", app: \"%s\", mtls: permissive}\n"
                                .formatted(listen, app));
    }

    @Test
    void aServiceBehindTheWayOutItselfIsAnsweredWithLoopDetected() throws Exception {
        int port = freePort();
        Sidecar web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:%1$d
                                  services:
                                    self:
                                      hosts: [self]
                                      endpoints: {static: ["127.0.0.1:%1$d"]}
                                      mtls: false
                                """
                                        .formatted(port));
        RawClient.Answer answer = RawClient.get(port(web, "outbound"), "self", "/");
        loopDetected(answer);
        assertThat(answer.header("proxy-status"))
                .contains("error=proxy_loop_detected", "details=\"loop-detected\"");
    }

    @Test
    void anAppBehindTheWayInItselfIsAnsweredWithLoopDetected() throws Exception {
        int port = freePort();
        Sidecar web = permissive(port, "127.0.0.1:" + port);
        loopDetected(RawClient.get(port(web, "inbound"), "web", "/"));
    }

    private static void loopDetected(RawClient.Answer answer) {
        assertThat(answer.status()).isEqualTo(508);
        assertThat(answer.body()).contains("\"reason\":\"loop-detected\"", "this proxy itself");
    }

    @Test
    void whatTheWayInOpensToTheAppIsTurnedAwayWhereItComesBack() throws Exception {
        Sidecar web = permissive(0, "127.0.0.1:1");
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.6", 0));
            socket.connect(new InetSocketAddress("127.0.0.1", port(web, "inbound")));
            socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        String turnedAway =
                "outrider_downstream_connections_turned_away_total"
                        + "{listener=\"inbound\",reason=\"loop\"} 1";
        await().atMost(Mesh.PATIENCE)
                .until(() ->
                        RawClient.get(port(web, "admin"), "localhost", "/metrics")
                                .body()
                                .contains(turnedAway));
    }

    @Test
    void anAppAtTheHostsOwnAddressIsCalledFromWhereTheCaptureRulesLetItPass() throws Exception {
        Optional<InetAddress> own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(each -> each.getAddress().length == 4)
                        .filter(each -> !each.isLoopbackAddress())
                        .findFirst();
        assumeTrue(own.isPresent(), "this host has no address besides loopback");
        try (ServerSocket app = new ServerSocket(0, 5, own.get())) {
            Sidecar web = permissive(0, own.get().getHostAddress() + ":" + app.getLocalPort());
            try (Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), port(web, "inbound"))) {
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: web\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                app.setSoTimeout((int) Mesh.PATIENCE.toMillis());
                try (Socket taken = app.accept()) {
                    assertThat(taken.getInetAddress().getHostAddress()).isEqualTo("127.0.0.6");
                }
            }
        }
    }
}
