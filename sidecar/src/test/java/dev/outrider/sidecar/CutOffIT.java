package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body that ends with its connection is whole only if it was its sender who ended that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class CutOffIT {
    private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

    private ServerSocket server;
    private ServerSocket app;
    private JdkTls orders;
    private JdkTls web;
    private Sidecar outbound;
    private Sidecar inbound;
    private Mesh mesh;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = listening();
        app = listening();
        mesh = new Mesh(folder);
        orders = new JdkTls(mesh.svid(Mesh.ORDERS));
        web = new JdkTls(mesh.svid(Mesh.WEB));
        outbound =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  services:
                                    orders:
                                      hosts: [orders]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      timeout: 50s
                                """
                                        .formatted(server.getLocalPort()));
        inbound =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: 127.0.0.1:%d
                                """
                                        .formatted(app.getLocalPort()));
    }

    private static ServerSocket listening() throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
        return socket;
    }

    @AfterAll
    void stop() throws Exception {
        mesh.close();
        app.close();
        server.close();
    }

    private void answer(boolean cut) throws IOException {
        try (JdkTls.Connection serving = orders.accept(server)) {
            assertThat(serving.http().head()).startsWith("GET /half ");
            serving.http().say(UNTIL_CLOSE + "half");
            if (cut) {
                serving.cut();
            } else {
                serving.end();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallerOfHttp1SeesWhetherItWasCut(boolean cut) throws Exception {
        try (H1Peer client = H1Peer.client(MeshPair.port(outbound, "outbound"))) {
            client.say("GET /half HTTP/1.1\r\nHost: orders\r\n\r\n");
            answer(cut);
            String head = client.head();
            assertThat(head).startsWith("HTTP/1.1 200 ").contains("Transfer-Encoding: chunked");
            if (cut) {
                assertThatThrownBy(() -> client.body(head)).isInstanceOf(IOException.class);
            } else {
                assertThat(client.body(head)).isEqualTo("half");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallerOfHttp2SeesWhetherItWasCut(boolean cut) throws Exception {
        try (H2Peer client = H2Peer.client(MeshPair.port(outbound, "outbound"))) {
            H2Stream call = client.request(true, "GET", "/half");
            answer(cut);
            assertThat(call.fields().get(":status")).isEqualTo("200");
            if (cut) {
                assertThatThrownBy(call::rest).hasMessageStartingWith("reset");
            } else {
                assertThat(call.rest().text()).isEqualTo("half");
            }
        }
    }

    /** HTTP/1.0 has no chunks: all that tells is how the connection ends. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallerOfHttp10InsideTlsSeesWhetherItWasCut(boolean cut) throws Exception {
        try (JdkTls.Connection client = web.connect(MeshPair.port(inbound, "inbound"))) {
            client.http().say("GET /half HTTP/1.0\r\nHost: orders\r\n\r\n");
            try (H1Peer serving = H1Peer.accept(app)) {
                assertThat(serving.head()).startsWith("GET /half ");
                serving.say(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
                                + (cut ? "" : "0\r\n\r\n"));
                String head = client.http().head();
                assertThat(head).startsWith("HTTP/1.1 200 ").doesNotContain("chunked");
                assertThat(client.http().read(4)).isEqualTo("half");
            }
            if (cut) {
                assertThatThrownBy(client.http()::rest).isInstanceOf(IOException.class);
            } else {
                assertThat(client.http().rest()).isEmpty();
            }
        }
    }
}
