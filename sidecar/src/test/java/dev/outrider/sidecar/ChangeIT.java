package dev.outrider.sidecar;

import static dev.outrider.sidecar.RawClient.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration changes under a running sidecar, and nobody notices but by what it says. */
@SuppressWarnings("NullAway.Init") // set before each test
class ChangeIT {
    private Mesh mesh;
    private EchoApp app;
    private Path folder;
    private String identity;
    private Sidecar orders;

    @BeforeEach
    void startMesh(@TempDir Path directory) throws Exception {
        folder = directory;
        mesh = new Mesh(folder);
        app = new EchoApp();
        orders = mesh.watch(file("orders", ordersYaml("")));
        identity = mesh.identity(Mesh.WEB);
    }

    @AfterEach
    void stopMesh() throws Exception {
        mesh.close();
        app.close();
    }

    private Path file(String name, String yaml) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), yaml);
    }

    private String ordersYaml(String more) throws IOException {
        Path kept = folder.resolve("orders-identity");
        if (!Files.exists(kept)) {
            Files.writeString(kept, mesh.identity(Mesh.ORDERS));
        }
        return Files.readString(kept)
                + """
                inbound:
                  listen: 127.0.0.1:0
                  app: %s
                """
                        .formatted(app.address())
                + more;
    }

    private String webYaml(int listen, String service) {
        return identity
                + """
                outbound:
                  listen: 127.0.0.1:%d
                  services:
                    orders:
                      hosts: [orders]
                      endpoints: {static: ["127.0.0.1:%d"]}
                """
                        .formatted(listen, port(orders, "inbound"))
                + service.indent(6);
    }

    private static int port(Sidecar sidecar, String listener) {
        return Objects.requireNonNull(sidecar.address(listener)).getPort();
    }

    private static RawClient.Answer admin(Sidecar sidecar, String path) throws IOException {
        return get(port(sidecar, "admin"), "localhost", path);
    }

    private static double metric(Sidecar sidecar, String name) throws IOException {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
                        .matcher(admin(sidecar, "/metrics").body());
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static void becomesFlowing(SteadyClient client) {
        int before = client.good.get();
        await().atMost(Mesh.PATIENCE).until(() -> client.good.get() > before + 5);
    }

    @Test
    void fiftyChangesFailNoRequestAndCloseNoConnection() throws Exception {
        Sidecar web = mesh.watch(file("web", webYaml(0, "timeout: 50s")));
        try (SteadyClient client = new SteadyClient(() -> port(web, "outbound"), "orders")) {
            becomesFlowing(client);
            for (int i = 1; i <= 50; i++) {
                String service =
                        i % 2 == 0 ? "timeout: 4%ds".formatted(i % 10) : "retry: {attempts: 1}";
                var _ =
                        file(
                                "web",
                                webYaml(
                                        0,
                                        service
                                                + "\nbreaker: {minimumRequests: "
                                                + (20 + i)
                                                + "}"));
                assertThat(web.reload().errors()).isEmpty();
                int before = client.good.get();
                await().atMost(Mesh.PATIENCE).until(() -> client.good.get() > before);
            }
            client.stop();
            assertThat(client.failures).isEmpty();
            assertThat(client.connections).hasValue(1);
            assertThat(metric(web, "outrider_config_reloads_total{result=\"ok\"}")).isEqualTo(50);
            assertThat(admin(web, "/config_dump").body()).contains("\"minimumRequests\" : 70");
        }
    }

    @Test
    void rulesHoldFromTheNextRequestOnAlsoOnOpenConnections() throws Exception {
        Sidecar web = mesh.watch(file("web", webYaml(0, "")));
        assertThat(get(port(web, "outbound"), "orders", "/a").status()).isEqualTo(200);

        var _ = file("orders", ordersYaml("  access: [{deny: {paths: [/a]}}, {allow: {}}]\n"));
        assertThat(orders.reload().errors()).isEmpty();

        assertThat(get(port(web, "outbound"), "orders", "/a").status()).isEqualTo(403);
        assertThat(get(port(web, "outbound"), "orders", "/b").status()).isEqualTo(200);
        assertThat(metric(orders, "outrider_downstream_connections{listener=\"inbound\"}"))
                .isEqualTo(1);
    }

    @Test
    void aRefusedFileLeavesWhatWasAndIsSaidEverywhere() throws Exception {
        String good = webYaml(0, "");
        Path path = file("web", good);
        Sidecar web = mesh.watch(path);
        var _ = file("web", good.replace("hosts:", "hots:"));

        RawClient.Answer refused =
                RawClient.call(port(web, "admin"), "POST", "localhost", "/reload");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains(path + ":").contains("'hosts' is missing");
        assertThat(get(port(web, "outbound"), "orders", "/").status()).isEqualTo(200);
        assertThat(admin(web, "/ready").status()).isEqualTo(200);
        assertThat(admin(web, "/ready").body()).contains("is refused").contains("'hosts'");
        assertThat(metric(web, "outrider_config_last_reload_successful")).isZero();
        assertThat(metric(web, "outrider_config_reloads_total{result=\"refused\"}")).isEqualTo(1);

        var _ = file("web", good);
        assertThat(RawClient.call(port(web, "admin"), "POST", "localhost", "/reload").status())
                .isEqualTo(200);
        assertThat(metric(web, "outrider_config_last_reload_successful")).isEqualTo(1);
    }

    @Test
    void whatNeedsARestartIsNamedWithItsLine() throws Exception {
        String good = webYaml(0, "");
        Path path = file("web", good);
        Sidecar web = mesh.watch(path);

        var _ = file("web", good.replace("runtime: {loops: 1}", "runtime: {loops: 2}"));

        assertThat(web.reload().errors())
                .singleElement()
                .asString()
                .contains(path + ":")
                .contains("runtime.loops: a change of this needs a restart");
        assertThat(get(port(web, "outbound"), "orders", "/").status()).isEqualTo(200);
    }

    @Test
    void aPortThatMovesIsOpenBeforeTheOldOneCloses() throws Exception {
        Sidecar web = mesh.watch(file("web", webYaml(0, "")));
        int old = port(web, "outbound");
        int next;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            next = free.getLocalPort();
        }
        try (SteadyClient client = new SteadyClient(() -> port(web, "outbound"), "orders")) {
            becomesFlowing(client);
            var _ = file("web", webYaml(next, ""));
            assertThat(web.reload().errors()).isEmpty();
            await().atMost(Mesh.PATIENCE).until(() -> client.connections.get() == 2);
            becomesFlowing(client);
            client.stop();
            assertThat(client.failures).isEmpty();
        }
        assertThat(port(web, "outbound")).isEqualTo(next);
        assertThatThrownBy(() -> get(old, "orders", "/")).isInstanceOf(IOException.class);
    }

    @Test
    void aTakenPortRefusesTheChangeUntilItIsFree() throws Exception {
        Sidecar web = mesh.watch(file("web", webYaml(0, "")));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var _ = file("web", webYaml(taken.getLocalPort(), ""));
            assertThat(web.reload().text()).contains("outbound cannot listen on");
            assertThat(get(port(web, "outbound"), "orders", "/").status()).isEqualTo(200);
        }
        assertThat(web.reload().errors()).isEmpty();
        assertThat(get(port(web, "outbound"), "orders", "/").status()).isEqualTo(200);
    }

    @Test
    void aConfigMapIsSeenWhenItsLinkIsTurned() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        version(mount, "..2026_01", webYaml(0, ""));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_01"));
        Path file = mount.resolve("sidecar.yaml");
        Files.createSymbolicLink(file, Path.of("..data", "sidecar.yaml"));
        Sidecar web = mesh.watch(file);
        assertThat(get(port(web, "outbound"), "billing", "/").status()).isEqualTo(404);

        String more = webYaml(0, "").replace("hosts: [orders]", "hosts: [orders, billing]");
        version(mount, "..2026_02", more);
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(
                mount.resolve("..data_tmp"),
                mount.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE);
        Files.delete(mount.resolve("..2026_01/sidecar.yaml"));

        await().atMost(Mesh.PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(port(web, "outbound"), "billing", "/").status())
                                .isEqualTo(200));
    }

    private static void version(Path mount, String name, String yaml) throws IOException {
        Files.writeString(Files.createDirectory(mount.resolve(name)).resolve("sidecar.yaml"), yaml);
    }

    @Test
    void theAppsFirstCallWaitsForTheIdentity() throws Exception {
        mesh.stopAuthority();
        String yaml = webYaml(0, "timeout: 50s") + "  startWait: 60s\n";
        Sidecar web = mesh.begin(mesh.watched(file("web", yaml)));
        try (SteadyClient client = new SteadyClient(() -> port(web, "outbound"), "orders")) {
            await().atMost(Mesh.PATIENCE)
                    .until(() ->
                            metric(web, "outrider_active_requests{direction=\"outbound\"}") == 1);
            assertThat(web.ready()).isFalse();
            mesh.startAuthority();
            becomesFlowing(client);
            client.stop();
            assertThat(client.failures).isEmpty();
        }
    }

    @Test
    void aNameInAFixedListIsLookedUp() throws Exception {
        String yaml = webYaml(0, "").replace("static: [\"127.0.0.1:", "static: [\"localhost:");
        Sidecar web = mesh.watch(file("web", yaml));
        assertThat(get(port(web, "outbound"), "orders", "/").status()).isEqualTo(200);
        assertThat(metric(web, "outrider_endpoints{service=\"orders\"}")).isEqualTo(1);
        assertThat(metric(web, "outrider_endpoints_panic{service=\"orders\"}")).isZero();
        assertThat(metric(web, "outrider_dns_answers_total{service=\"orders\"}")).isEqualTo(1);
        assertThat(metric(web, "outrider_dns_failures_total{service=\"orders\"}")).isZero();
        assertThat(metric(web, "outrider_dns_stale{service=\"orders\"}")).isZero();
    }

    @Test
    void aNameThatNobodyKnowsHoldsUpNeitherTheStartNorOtherServices() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String yaml =
                    webYaml(0, "")
                            + """
                                dark:
                                  hosts: [dark]
                                  endpoints: {static: ["dark.test:80", "127.0.0.1:1"]}
                                  mtls: false
                            dns: {nameServers: ["127.0.0.1:%d"], queryTimeout: 50s}
                            """
                                    .formatted(silent.getLocalPort());
            Sidecar web = mesh.begin(mesh.watched(file("web", yaml)));
            await().atMost(Mesh.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(get(port(web, "outbound"), "orders", "/").status())
                                    .isEqualTo(200));
            assertThat(metric(web, "outrider_dns_answers_total{service=\"dark\"}")).isZero();
        }
    }
}
