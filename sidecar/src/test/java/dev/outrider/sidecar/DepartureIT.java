package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.RawClient.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way out: callers are let go, and the app's own way stays open while it is needed. */
@SuppressWarnings("NullAway.Init") // set before each test
class DepartureIT {
    private Mesh mesh;
    private EchoApp app;
    private EchoApp elsewhere;
    private Sidecar leaving;

    @BeforeEach
    void startMesh(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        elsewhere = new EchoApp();
        String yaml =
                mesh.identity(Mesh.ORDERS)
                                .replace(
                                        "{loops: 1}",
                                        "{loops: 1, spread: 0s, drain: 60s, settle: 50s}")
                        + """
                        inbound: {listen: "127.0.0.1:0", app: "%s", mtls: permissive}
                        outbound:
                          listen: 127.0.0.1:0
                          services:
                            far: {hosts: [far], endpoints: {static: ["%s"]}, mtls: false}
                        """
                                .formatted(app.address(), elsewhere.address());
        leaving = mesh.watch(Files.writeString(folder.resolve("leaving.yaml"), yaml));
    }

    @AfterEach
    void stopMesh() throws Exception {
        mesh.close();
        app.close();
        elsewhere.close();
    }

    private Path leavingFile() {
        return mesh.folder.resolve("leaving.yaml");
    }

    private int port(String listener) {
        return Objects.requireNonNull(leaving.address(listener)).getPort();
    }

    @Test
    void aBusyKeepAliveClientIsToldAndLosesNothing() throws Exception {
        int inbound = port("inbound");
        SteadyClient client = new SteadyClient(() -> inbound, "orders");
        await().atMost(Mesh.PATIENCE).until(() -> client.good.get() > 5);

        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(leaving::drain, Thread::startVirtualThread);
        // Its one connection is closed as announced; the next finds the port closed.
        await().atMost(Mesh.PATIENCE).until(() -> !client.failures.isEmpty());
        client.stop();

        assertThat(client.failures).allMatch(each -> each.contains("ConnectException"));
        assertThat(client.connections).hasValue(1);
        assertThat(leaving.ready()).isFalse();
        app.close();
        drained.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theAppCallsOutUntilItHasGone() throws Exception {
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(leaving::drain, Thread::startVirtualThread);
        await().atMost(Mesh.PATIENCE).until(() -> !leaving.ready());

        Answer late = RawClient.get(port("outbound"), "far", "/goodbye");
        assertThat(late.status()).isEqualTo(200);
        CompletableFuture<Answer> last =
                CompletableFuture.supplyAsync(
                        () -> slow(port("outbound")), Thread::startVirtualThread);
        assertThat(elsewhere.slowCame.await(60, TimeUnit.SECONDS)).isTrue();
        app.close();
        assertThat(drained).isNotDone();
        elsewhere.release();

        assertThat(last.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
        drained.get(40, TimeUnit.SECONDS);
    }

    @Test
    void beingToldAgainCutsIt() throws Exception {
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(leaving::drain, Thread::startVirtualThread);
        await().atMost(Mesh.PATIENCE).until(() -> !leaving.ready());
        CompletableFuture<Answer> endless =
                CompletableFuture.supplyAsync(
                        () -> slow(port("outbound")), Thread::startVirtualThread);
        assertThat(elsewhere.slowCame.await(60, TimeUnit.SECONDS)).isTrue();

        leaving.cut();

        drained.get(30, TimeUnit.SECONDS);
        leaving.close();
        assertThat(endless).failsWithin(Mesh.PATIENCE);
        elsewhere.release();
    }

    /** As for a native sidecar, which is told to stop when its app has ended. */
    @Test
    void withoutAnAppNobodyIsWaitedFor(@TempDir Path own) throws Exception {
        String yaml =
                Files.readString(leavingFile())
                        .replace("spread: 0s, drain: 60s", "spread: 300s, drain: 400s")
                        .replace("settle: 50s", "settle: 300s");
        Sidecar late = mesh.watch(Files.writeString(own.resolve("late.yaml"), yaml));
        app.close();
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(late::drain, Thread::startVirtualThread);
        drained.get(60, TimeUnit.SECONDS);
    }

    /** Where connections are captured the app's port is not known; it has none open. */
    @Test
    void aQuietCapturedWayOutEndsAtOnce(@TempDir Path own) throws Exception {
        String yaml =
                Files.readString(leavingFile())
                        .replace("settle: 50s", "settle: 300s")
                        .replace(", app: \"" + app.address() + "\"", "");
        Sidecar captured = mesh.watch(Files.writeString(own.resolve("captured.yaml"), yaml));
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(captured::drain, Thread::startVirtualThread);
        drained.get(40, TimeUnit.SECONDS);
    }

    private static Answer slow(int port) {
        try {
            return RawClient.get(port, "far", "/slow");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
