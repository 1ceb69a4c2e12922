package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tunnel's two directions end one after the other, or break off; never one for the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the tests
class TunnelIT {
    private static final String UPGRADE =
            "GET /tunnel HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n";
    private static final String CONNECT = "CONNECT %1$s:80 HTTP/1.1\r\nHost: %1$s:80\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n";
    private static final String ACCEPT = "HTTP/1.1 200 OK\r\n\r\n";

    /** More than the buffers on the way hold together with one window. */
    private static final String MUCH = "0123456789abcdef".repeat(1 << 14);

    private ServerSocket app;
    private ServerSocket foreign;
    private JdkTls orders;
    private JdkTls web;
    private Mesh mesh;
    private Sidecar outbound;
    private Sidecar inbound;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        app = listening();
        foreign = listening();
        mesh = new Mesh(folder);
        orders = new JdkTls(mesh.svid(Mesh.ORDERS));
        web = new JdkTls(mesh.svid(Mesh.WEB));
        inbound =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: 127.0.0.1:%d
                                  upgrades: {allow: [raw], connect: true}
                                """
                                        .formatted(app.getLocalPort()));
        String service =
                "{hosts: [%1$s, \"%1$s:80\"], endpoints: {static: [\"127.0.0.1:%2$d\"]}, %3$s}";
        int port = MeshPair.port(inbound, "inbound");
        outbound =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  upgrades: {allow: [raw], connect: true}
                                  services:
                                    one: %s
                                    two: %s
                                    foreign: %s
                                """
                                        .formatted(
                                                service.formatted("one", port, "timeout: 50s"),
                                                service.formatted("two", port, "protocol: http2"),
                                                service.formatted(
                                                        "foreign",
                                                        foreign.getLocalPort(),
                                                        "timeout: 50s")));
    }

    private static ServerSocket listening() throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
        return socket;
    }

    @AfterAll
    void stop() throws Exception {
        mesh.close();
        foreign.close();
        app.close();
    }

    private H1Peer asking(String service, String request) throws IOException {
        return H1Peer.client(MeshPair.port(outbound, "outbound")).say(request.formatted(service));
    }

    private H1Peer accepting(H1Peer client, String request) throws IOException {
        H1Peer serving = H1Peer.accept(app);
        String head = serving.head();
        assertThat(head).doesNotContainIgnoringCase("outrider-tunnel");
        serving.say(request.equals(UPGRADE) ? SWITCH : ACCEPT);
        assertThat(client.head())
                .startsWith(request.equals(UPGRADE) ? "HTTP/1.1 101 " : "HTTP/1.1 200 ")
                .doesNotContainIgnoringCase("outrider-tunnel");
        return serving;
    }

    private static String request(String kind) {
        return kind.equals("connect") ? CONNECT : UPGRADE;
    }

    @ParameterizedTest
    @CsvSource({"one,upgrade", "one,connect", "two,upgrade", "two,connect"})
    void whatTheServerSaysAfterTheClientsEndArrives(String service, String kind) throws Exception {
        String request = request(kind);
        try (H1Peer client = asking(service, request);
                H1Peer serving = accepting(client, request)) {
            client.say("all").endOutput();
            assertThat(serving.rest()).isEqualTo("all");
            Thread.ofVirtual().start(() -> answer(serving));
            String said = client.rest();
            assertThat(said).hasSize(4 + MUCH.length()).startsWith("got ").endsWith("cdef");
        }
    }

    private static void answer(H1Peer serving) {
        try {
            serving.say("got " + MUCH);
            serving.leave();
        } catch (IOException e) {
            // The client will miss it.
        }
    }

    @ParameterizedTest
    @CsvSource({"one,upgrade", "one,connect", "two,upgrade", "two,connect"})
    void theServersBreakingOffIsNoEnd(String service, String kind) throws Exception {
        String request = request(kind);
        try (H1Peer client = asking(service, request);
                H1Peer serving = accepting(client, request)) {
            serving.say("half");
            assertThat(client.read(4)).isEqualTo("half");
            serving.reset();
            assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"one,upgrade", "one,connect", "two,upgrade", "two,connect"})
    void theClientsBreakingOffIsNoEnd(String service, String kind) throws Exception {
        String request = request(kind);
        try (H1Peer client = asking(service, request);
                H1Peer serving = accepting(client, request)) {
            client.say("half");
            assertThat(serving.read(4)).isEqualTo("half");
            client.reset();
            assertThatThrownBy(serving::rest).isInstanceOf(IOException.class);
        }
    }

    @Test
    void chunksAreForOneHopInsideTlsOnly() throws Exception {
        String framed = UPGRADE.replace("Upgrade: raw", "Upgrade: raw\r\nOutrider-Tunnel: chunked");
        try (H1Peer client = asking("one", framed);
                H1Peer serving = accepting(client, UPGRADE)) {
            client.say("ping");
            assertThat(serving.read(4)).isEqualTo("ping");
            serving.say("pong");
            assertThat(client.read(4)).isEqualTo("pong");
        }
    }

    /** Peers that are no sidecars say in TLS itself that they have ended. */
    @Test
    void aForeignServerMayAnswerAfterTheClientsEnd() throws Exception {
        try (H1Peer client = asking("foreign", UPGRADE);
                JdkTls.Connection serving = orders.accept(foreign)) {
            assertThat(serving.http().head()).startsWith("GET /tunnel ");
            serving.http().say(SWITCH);
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            client.say("all").endOutput();
            assertThat(serving.http().rest()).isEqualTo("all");
            serving.http().say("got it");
            serving.end();
            assertThat(client.rest()).isEqualTo("got it");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aForeignServersCutIsNoEnd(boolean cut) throws Exception {
        try (H1Peer client = asking("foreign", UPGRADE);
                JdkTls.Connection serving = orders.accept(foreign)) {
            assertThat(serving.http().head()).startsWith("GET /tunnel ");
            serving.http().say(SWITCH + "half");
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read(4)).isEqualTo("half");
            if (cut) {
                serving.cut();
                assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
            } else {
                serving.end();
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void aForeignClientsCutIsNoEnd() throws Exception {
        try (JdkTls.Connection client = web.connect(MeshPair.port(inbound, "inbound"))) {
            client.http().say(UPGRADE.formatted("orders"));
            try (H1Peer serving = accepting(client.http(), UPGRADE)) {
                client.http().say("half");
                assertThat(serving.read(4)).isEqualTo("half");
                client.cut();
                assertThatThrownBy(serving::rest).isInstanceOf(IOException.class);
            }
        }
    }

    /**
     * The TLS engine ends our direction with the client's; what cannot be said is not passed over.
     */
    @Test
    void aForeignClientsEndIsPassedOnAndWhatFollowsIsAFailure() throws Exception {
        try (JdkTls.Connection client = web.connect(MeshPair.port(inbound, "inbound"))) {
            client.http().say(UPGRADE.formatted("orders").replace("/tunnel", "/foreign"));
            try (H1Peer serving = accepting(client.http(), UPGRADE)) {
                client.http().say("all");
                client.endOutput();
                assertThat(serving.rest()).isEqualTo("all");
                serving.say("too late");
                serving.untilReset();
            }
            await().atMost(Mesh.PATIENCE)
                    .until(() ->
                            Files.readAllLines(mesh.accessLog("orders")).stream()
                                    .filter(line -> line.contains("\"/foreign\""))
                                    .anyMatch(line -> line.contains("client-gone")));
        }
    }
}
