package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.forward.HealthProbes;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.observe.AccessLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lives for days sees a thousand changes of what it has nothing to do with. */
@SuppressWarnings("NullAway.Init") // set before each test
class LongLivedIT {
    private static final int CHANGES = 300;

    /**
     * Of each part: those of the snapshot that began it all, of the last, and some on their way.
     */
    private static final int FEW = 12;

    private Path folder;
    private Mesh mesh;
    private EchoApp other;
    private H2Peer server;
    private ServerSocket database;
    private String identity;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        folder = directory;
        mesh = new Mesh(folder);
        other = new EchoApp();
        server = H2Peer.server();
        database = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        identity = mesh.identity(Mesh.WEB);
    }

    @AfterEach
    void stop() throws Exception {
        mesh.close();
        other.close();
        server.close();
        database.close();
    }

    /** The other service and the access log differ from one to the next. */
    private Path file(int version) throws IOException {
        String log = mesh.accessLog(version % 10 == 0 ? "tenth" : "web").toString();
        String yaml =
                identity.replace(mesh.accessLog("web").toString(), log)
                        + """
                        inbound:
                          listen: 127.0.0.1:0
                          app: 127.0.0.1:%1$d
                          mtls: permissive
                          ports: {"%1$d": tcp}
                        outbound:
                          listen: 127.0.0.1:0
                          services:
                            streamed:
                              hosts: [orders]
                              endpoints: {static: ["127.0.0.1:%2$d"]}
                              mtls: false
                              protocol: http2
                              timeout: 0s
                              idle: 1h
                            other:
                              hosts: [other]
                              endpoints: {static: ["127.0.0.1:%3$d"]}
                              mtls: false
                              breaker: {minimumRequests: %4$d}
                              pool: {connectTimeout: %4$ds}
                              health: {path: /, interval: 10s}
                        """
                                .formatted(
                                        database.getLocalPort(),
                                        server.port(),
                                        other.port(),
                                        20 + version);
        return Files.writeString(folder.resolve("web.yaml"), yaml);
    }

    private record Kept(Map<Class<?>, Long> parts, long virtualThreads, long logThreads) {
        static Kept count() throws Exception {
            LiveObjects live = LiveObjects.count();
            Map<Class<?>, Long> parts = new java.util.HashMap<>();
            for (Class<?> each :
                    List.of(
                            Service.class,
                            Member.class,
                            FilterChain.class,
                            HealthProbes.class,
                            AccessLog.class,
                            Destinations.class,
                            Flights.class,
                            InForce.class)) {
                parts.put(each, live.of(each));
            }
            long logs =
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(each -> each.getName().equals("access-log"))
                            .count();
            return new Kept(parts, live.of("java.lang.VirtualThread"), logs);
        }
    }

    @Test
    void keepsOnlyWhatItBeganWith() throws Exception {
        Sidecar web = mesh.watch(file(0));
        try (H2Peer client = H2Peer.client(port(web, "outbound"));
                Socket relayed =
                        new Socket(InetAddress.getLoopbackAddress(), port(web, "inbound"))) {
            H2Stream stream = client.request(false, "POST", "/for-days");
            H2Stream taken = server.accept();
            assertThat(taken.fields().get(":path")).isEqualTo("/for-days");
            relayed.setSoTimeout((int) Mesh.PATIENCE.toMillis());
            relayed.getOutputStream().write('a');
            try (Socket accepted = database.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo('a');

                Kept before = Kept.count();
                for (int i = 1; i <= CHANGES; i++) {
                    var _ = file(i);
                    assertThat(web.reload().errors()).isEmpty();
                    if (i % 10 == 0) {
                        assertThat(RawClient.get(port(web, "outbound"), "other", "/").status())
                                .isEqualTo(200);
                    }
                }
                await().atMost(Mesh.PATIENCE).untilAsserted(() -> fewMore(before, Kept.count()));
                assertThat(snapshots(web)).isEqualTo(2);

                relays(relayed, accepted);
                taken.head(false, ":status", "200");
                stream.data(true, "still here");
                assertThat(taken.read(10)).isEqualTo("still here");
                taken.data(true, "indeed");
                assertThat(stream.fields().get(":status")).isEqualTo("200");
                assertThat(stream.rest().text()).isEqualTo("indeed");
            }
        }
        await().atMost(Mesh.PATIENCE).until(() -> snapshots(web) == 1);
    }

    private static void fewMore(Kept before, Kept after) {
        after.parts.forEach((type, count) ->
                assertThat(count - Objects.requireNonNull(before.parts.get(type)))
                        .as("%s", type)
                        .isLessThan(FEW));
        assertThat(after.virtualThreads - before.virtualThreads).isLessThan(FEW);
        assertThat(after.logThreads - before.logThreads).isLessThan(FEW);
    }

    private static void relays(Socket client, Socket server) throws IOException {
        OutputStream out = server.getOutputStream();
        out.write("pong".getBytes(StandardCharsets.US_ASCII));
        InputStream in = client.getInputStream();
        assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("pong");
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private static int snapshots(Sidecar sidecar) throws IOException {
        String page = RawClient.get(port(sidecar, "admin"), "localhost", "/metrics").body();
        return page.lines()
                .filter(each -> each.startsWith("outrider_config_snapshots "))
                .mapToInt(each -> (int) Double.parseDouble(each.split(" ", -1)[1]))
                .sum();
    }
}
