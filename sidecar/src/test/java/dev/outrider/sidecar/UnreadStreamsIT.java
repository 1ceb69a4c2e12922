package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A stream of HTTP/2 whose receiver does not read stops its sender, through two sidecars. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before all tests
class UnreadStreamsIT {
    private static final int PIECE = 16 * 1024;
    private static final int PIECES = 512;

    /**
     * Two windows and two queues of 64 KiB in the sidecars, a window at the end, and some slack.
     */
    private static final long MOST_UNDER_WAY = 1024 * 1024;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong sent = new AtomicLong();
    private H2Peer app;
    private H2Peer client;
    private H2Peer neighbour;
    private Mesh mesh;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        app = H2Peer.server();
        mesh = new Mesh(folder);
        String patient = "http2: {bodyTimeout: 10m}";
        Sidecar orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: 127.0.0.1:%d
                                  protocol: http2
                                  %s
                                """
                                        .formatted(app.port(), patient));
        Sidecar web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  %s
                                  services:
                                    orders:
                                      hosts: [orders]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      timeout: 0s
                                """
                                        .formatted(patient, MeshPair.port(orders, "inbound")));
        client = H2Peer.client(MeshPair.port(web, "outbound"));
        neighbour = H2Peer.client(MeshPair.port(web, "outbound"));
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        neighbour.close();
        mesh.close();
        app.close();
        threads.close();
    }

    /** Sends far more than may be under way, and tells when all of it has gone. */
    private Future<?> pour(H2Stream into) {
        sent.set(0);
        return threads.submit(() -> {
            for (int i = 1; i <= PIECES; i++) {
                into.data(i == PIECES, new byte[PIECE]);
                sent.addAndGet(PIECE);
            }
        });
    }

    private void senderStops() {
        long[] seen = {-1};
        await().atMost(Mesh.PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    boolean still = sent.get() > 0 && sent.get() == seen[0];
                    seen[0] = sent.get();
                    return still;
                });
        assertThat(sent.get()).isLessThan(MOST_UNDER_WAY);
    }

    /** The sidecars' connections carry the calls of all clients. */
    private void othersGoOn() throws Exception {
        H2Stream other = neighbour.request(true, "GET", "/other");
        H2Stream asked = app.accept();
        assertThat(asked.fields().get(":path")).isEqualTo("/other");
        asked.head(false, ":status", "200").data(true, "fine");
        assertThat(other.fields().get(":status")).isEqualTo("200");
        assertThat(other.rest().text()).isEqualTo("fine");
    }

    private static void read(H2Stream stream, boolean on) {
        stream.channel().config().setAutoRead(on);
    }

    @Test
    void anAnswerThatNobodyReadsStopsTheApp() throws Exception {
        H2Stream call = client.request(true, "GET", "/much");
        H2Stream asked = app.accept();
        asked.head(false, ":status", "200");
        assertThat(call.fields().get(":status")).isEqualTo("200");
        read(call, false);
        Future<?> poured = pour(asked);
        senderStops();
        othersGoOn();
        read(call, true);
        assertThat(call.rest().body()).hasSize(PIECES * PIECE);
        poured.get(Mesh.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aBodyThatTheAppDoesNotReadStopsTheClient() throws Exception {
        H2Stream call = client.request(false, "POST", "/much");
        H2Stream asked = app.accept();
        assertThat(asked.fields().get(":path")).isEqualTo("/much");
        read(asked, false);
        Future<?> poured = pour(call);
        senderStops();
        othersGoOn();
        read(asked, true);
        assertThat(asked.rest().body()).hasSize(PIECES * PIECE);
        poured.get(Mesh.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        asked.head(true, ":status", "204");
        assertThat(call.fields().get(":status")).isEqualTo("204");
    }
}
