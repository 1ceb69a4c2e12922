package dev.outrider.sidecar;

import static dev.outrider.sidecar.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.SpiffeId;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar on its way into the mesh, and one on its way out. */
class ComingAndGoingIT {
    private Mesh mesh;
    private EchoApp app;

    @BeforeEach
    void startMesh(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
    }

    @AfterEach
    void stopMesh() throws Exception {
        mesh.close();
        app.close();
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private static RawClient.Answer admin(Sidecar sidecar, String path) throws IOException {
        return get(port(sidecar, "admin"), "localhost", path);
    }

    @Test
    void permissiveTakesPlainTextAndTls() throws Exception {
        SpiffeId id = SpiffeId.of("cluster.local", "shop", "legacy");
        try (Sidecar legacy =
                mesh.start(
                        "legacy",
                        mesh.identity(id)
                                + """
                                inbound:
                                  {listen: "127.0.0.1:0", app: "%s", mtls: permissive}
                                """
                                        .formatted(app.address()))) {
            int port = port(legacy, "inbound");
            RawClient.Answer plain = get(port, "legacy", "/plain", "x-forwarded-client-cert: me");
            RawClient.Answer known = RawClient.secure(port, mesh.svid(Mesh.WEB), "/tls");

            assertThat(plain.status()).isEqualTo(200);
            assertThat(plain.body()).doesNotContain("x-forwarded-client-cert");
            assertThat(known.body()).contains("URI=" + Mesh.WEB);
            assertThat(admin(legacy, "/metrics").body())
                    .containsPattern("outrider_plain_requests_total 1.0");
        }
    }

    @Test
    void drainingEndsWhatRunsAndTakesNothingNew() throws Exception {
        SpiffeId id = SpiffeId.of("cluster.local", "shop", "leaving");
        try (Sidecar leaving =
                mesh.start(
                        "leaving",
                        mesh.identity(id)
                                + """
                                inbound: {listen: "127.0.0.1:0", app: "%s"}
                                """
                                        .formatted(app.address()))) {
            int port = port(leaving, "inbound");
            CompletableFuture<RawClient.Answer> running =
                    CompletableFuture.supplyAsync(() -> slow(port));
            assertThat(app.slowCame.await(60, TimeUnit.SECONDS)).isTrue();

            int admin = port(leaving, "admin");
            assertThat(RawClient.call(admin, "POST", "localhost", "/drain_listeners").status())
                    .isEqualTo(200);

            await().atMost(Mesh.PATIENCE)
                    .untilAsserted(() ->
                            assertThatThrownBy(() ->
                                            RawClient.secure(port, mesh.svid(Mesh.WEB), "/late"))
                                    .isInstanceOf(ConnectException.class));
            assertThat(admin(leaving, "/server_info").body()).contains("\"state\" : \"draining\"");
            assertThat(admin(leaving, "/ready").status()).isEqualTo(503);
            assertThat(running).isNotDone();
            app.release();
            assertThat(running.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
    }

    @Test
    void whoStopsWaitsForTheDrainThatAnOperatorBegan() throws Exception {
        SpiffeId id = SpiffeId.of("cluster.local", "shop", "awaited");
        try (Sidecar leaving =
                mesh.start(
                        "awaited",
                        mesh.identity(id)
                                + "inbound: {listen: \"127.0.0.1:0\", app: \"%s\"}\n"
                                        .formatted(app.address()))) {
            int port = port(leaving, "inbound");
            CompletableFuture<RawClient.Answer> running =
                    CompletableFuture.supplyAsync(() -> slow(port));
            assertThat(app.slowCame.await(60, TimeUnit.SECONDS)).isTrue();
            RawClient.call(port(leaving, "admin"), "POST", "localhost", "/drain_listeners");
            await().atMost(Mesh.PATIENCE)
                    .until(() -> admin(leaving, "/server_info").body().contains("draining"));

            Thread stop = Thread.ofPlatform().start(leaving::drain);
            await().atMost(Mesh.PATIENCE)
                    .until(() -> stop.getState() == Thread.State.TIMED_WAITING);
            assertThat(running).isNotDone();
            app.release();
            assertThat(running.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(stop.join(Mesh.PATIENCE)).isTrue();
        }
    }

    private RawClient.Answer slow(int port) {
        try {
            return RawClient.secure(port, mesh.svid(Mesh.WEB), "/slow");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
