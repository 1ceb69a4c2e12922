package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.config.ConfigDocument;
import dev.outrider.sidecar.config.ConfigFile;
import dev.outrider.sidecar.config.ConfigLayer;
import dev.outrider.sidecar.config.ConfigLayers;
import dev.outrider.sidecar.config.SidecarConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pod port of a real sidecar, from before its identity to the end of its drain. */
@SuppressWarnings("NullAway.Init") // set before each test
class PodIT {
    private Mesh mesh;
    private Path file;
    private ServerSocket app;
    private final CopyOnWriteArrayList<InetAddress> callers = new CopyOnWriteArrayList<>();

    @BeforeEach
    void startMesh(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new ServerSocket(0);
        var _ = Thread.ofVirtual().start(this::serve);
        file = folder.resolve("orders.yaml");
        write("app/startup: {http: {port: " + app.getLocalPort() + "}, timeout: 60s}");
    }

    @AfterEach
    void stopMesh() throws Exception {
        mesh.close();
        app.close();
    }

    /** Metrics for whoever asks for anything. */
    private void serve() {
        while (true) {
            try (Socket socket = app.accept()) {
                callers.add(socket.getInetAddress());
                int read = socket.getInputStream().read();
                while (read >= 0 && read != '\n') {
                    read = socket.getInputStream().read();
                }
                socket.getOutputStream()
                        .write(
                                "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nshop 1\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                var _ = socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                if (app.isClosed()) {
                    return;
                }
            }
        }
    }

    private void write(String probes) throws IOException {
        write(probes, "127.0.0.1", "127.0.0.1:0");
    }

    private void write(String probes, String address, String listen) throws IOException {
        Path before = mesh.bootstrapFile("orders");
        String identity = Files.exists(before) ? identity() : mesh.identity(Mesh.ORDERS);
        Files.writeString(
                file,
                identity
                        + """
                        inbound: {listen: "127.0.0.1:0", app: "127.0.0.1:%d"}
                        pod:
                          listen: "%s"
                          address: "%s"
                          probes: {%s}
                          metrics: {port: %d, timeout: 60s}
                        """
                                .formatted(
                                        app.getLocalPort(),
                                        listen,
                                        address,
                                        probes,
                                        app.getLocalPort()));
    }

    /** As it was: the mesh makes a new token for each. */
    private String identity() throws IOException {
        String whole = Files.readString(file);
        return whole.substring(0, whole.indexOf("inbound:"));
    }

    private static String ask(Sidecar sidecar, String path) throws IOException {
        InetSocketAddress port = Objects.requireNonNull(sidecar.address("pod"));
        try (Socket socket = new Socket(port.getAddress(), port.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.1\r\nHost: p\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            return new String(answer, StandardCharsets.UTF_8).substring("HTTP/1.1 ".length());
        }
    }

    @Test
    void probesWorkBeforeThereIsAnIdentity() throws Exception {
        mesh.stopAuthority();
        Sidecar sidecar = mesh.begin(mesh.watched(file));
        assertThat(ask(sidecar, "/probe/app/startup")).startsWith("200 ").contains("status 200");
        assertThat(ask(sidecar, "/live")).startsWith("200 ");
        assertThat(ask(sidecar, "/ready")).startsWith("503 ").contains("identity");
        assertThat(ask(sidecar, "/metrics")).contains("outrider_ready 0.0").contains("\nshop 1\n");
        mesh.startAuthority();
        await().atMost(Mesh.PATIENCE).until(sidecar::ready);
        assertThat(ask(sidecar, "/ready")).startsWith("200 ");
    }

    @Test
    void itTellsTheTruthUntilTheDrainIsOver() throws Exception {
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("{loops: 1}", "{loops: 1, spread: 50s, drain: 60s}"));
        Sidecar sidecar = mesh.watch(file);
        assertThat(ask(sidecar, "/ready")).startsWith("200 ");
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(sidecar::drain, Thread::startVirtualThread);
        await().atMost(Mesh.PATIENCE).until(() -> !sidecar.ready());
        assertThat(ask(sidecar, "/ready")).startsWith("503 ").contains("draining");
        assertThat(ask(sidecar, "/live")).startsWith("200 ");
        assertThat(ask(sidecar, "/probe/app/startup")).startsWith("200 ");
        sidecar.cut();
        drained.get(60, TimeUnit.SECONDS);
        assertThat(ask(sidecar, "/probe/app/startup")).startsWith("200 ");
    }

    @Test
    void probesChangeWhileItRunsAndThePortDoesNot() throws Exception {
        Sidecar sidecar = mesh.watch(file);
        assertThat(ask(sidecar, "/probe/app/liveness")).startsWith("404 ");
        write("app/liveness: {tcp: " + app.getLocalPort() + ", timeout: 60s}");
        assertThat(sidecar.reload().current()).isTrue();
        assertThat(ask(sidecar, "/probe/app/liveness")).startsWith("200 ");
        assertThat(ask(sidecar, "/probe/app/startup")).startsWith("404 ");
        write("", "127.0.0.1", "127.0.0.1:1");
        assertThat(sidecar.reload().text()).contains("pod.listen: a change of this needs");
        Files.writeString(file, identity() + "inbound: {listen: \"127.0.0.1:0\"}\n");
        assertThat(sidecar.reload().text()).contains("a change of this needs a restart");
        assertThat(ask(sidecar, "/probe/app/liveness")).startsWith("200 ");
    }

    /** Such as a namespace's, which somebody writes later. */
    @Test
    void aLayerComesAndGoesWhileItRuns() throws Exception {
        Path namespace = mesh.folder.resolve("namespace.yaml");
        ConfigLayers layers =
                ConfigLayers.of(
                        List.of(
                                new ConfigLayer.File(file, false),
                                new ConfigLayer.File(namespace, true)),
                        List.of(ConfigLayer.Setting.parse("pod.metrics.timeout=30s")));
        ConfigFile reader = new ConfigFile(System::getenv);
        if (!(reader.load(layers, SidecarConfig.SCHEMA)
                instanceof ConfigDocument.Loaded<SidecarConfig> loaded)) {
            throw new AssertionError("the layers are valid");
        }
        Sidecar sidecar = mesh.begin(Sidecar.create(reader, layers, loaded));
        assertThat(ask(sidecar, "/probe/app/liveness")).startsWith("404 ");
        String more = "app/liveness: {tcp: " + app.getLocalPort() + ", timeout: 60s}";
        Files.writeString(namespace, "pod: {probes: {" + more + "}}");
        await().atMost(Mesh.PATIENCE)
                .until(() -> ask(sidecar, "/probe/app/liveness").startsWith("200 "));
        assertThat(ask(sidecar, "/probe/app/startup")).startsWith("200 ");
        Files.writeString(namespace, "pod: {prbes: {}}");
        await().atMost(Mesh.PATIENCE)
                .until(() -> sidecar.reload().text().contains("namespace.yaml:1:7 pod.prbes"));
        Files.delete(namespace);
        await().atMost(Mesh.PATIENCE)
                .until(() -> ask(sidecar, "/probe/app/liveness").startsWith("404 "));
        assertThat(sidecar.reload().current()).isTrue();
    }

    /** As with calls from the mesh, the capture rules are passed and the app sees who it is. */
    @Test
    void byTheHostsOwnAddressTheAppSeesTheProxysOwnSource() throws Exception {
        InetAddress own =
                java.net.NetworkInterface.networkInterfaces()
                        .flatMap(java.net.NetworkInterface::inetAddresses)
                        .filter(it ->
                                it instanceof java.net.Inet4Address && !it.isLoopbackAddress())
                        .findFirst()
                        .orElse(null);
        org.junit.jupiter.api.Assumptions.assumeTrue(own != null, "needs an address of its own");
        write(
                "app/liveness: {tcp: " + app.getLocalPort() + ", timeout: 60s}",
                Objects.requireNonNull(own).getHostAddress(),
                "127.0.0.1:0");
        Sidecar sidecar = mesh.watch(file);
        assertThat(ask(sidecar, "/probe/app/liveness")).startsWith("200 ");
        await().atMost(Mesh.PATIENCE)
                .until(() -> callers.contains(InetAddress.ofLiteral("127.0.0.6")));
    }
}
