package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.sidecar.discover.NameServer;
import dev.outrider.sidecar.discover.TestSlice;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sidecars that learn from a cluster's API where Services are and who has a sidecar. Pods are
 * sidecars at addresses of loopback, all at the same port.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class KubernetesIT {
    private static final SpiffeId BILLING = SpiffeId.of("cluster.local", "shop", "billing");
    private static final SpiffeId OTHER = SpiffeId.of("cluster.local", "shop", "other");

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<EchoApp> apps = new ArrayList<>();
    private NameServer names;
    private FakeKubernetes server;
    private Mesh mesh;
    private Path folder;
    private int port;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        names = new NameServer(loops.next());
        names.answer(NameServer.Answer.absent(30));
        server = FakeKubernetes.startTls();
        var _ = server.serviceAccount(folder.resolve("account"), "the-pods-token");
        server.accept("the-pods-token");
        mesh = new Mesh(folder);
        port = MeshPair.freePort();
    }

    @AfterEach
    void stop() throws IOException {
        mesh.close();
        server.close();
        names.close();
        apps.forEach(EchoApp::close);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- pods

    /** A pod with a sidecar; its app repeats what it is asked. */
    private Sidecar pod(String address, SpiffeId id, String inbound) throws IOException {
        EchoApp app = new EchoApp();
        apps.add(app);
        return pod(address, id, app.port(), inbound);
    }

    private Sidecar pod(String address, SpiffeId id, int app, String inbound) throws IOException {
        String yaml =
                mesh.identity(id)
                        + """
                        inbound:
                          listen: %s:%d
                          app: 127.0.0.1:%d
                        """
                                .formatted(address, port, app)
                        + inbound.indent(2);
        return mesh.start("pod-" + address, yaml);
    }

    private String web(String kubernetes, String more) throws IOException {
        return mesh.identity(Mesh.WEB)
                + """
                dns: {nameServers: ["127.0.0.1:%d"], queryTimeout: 30s}
                outbound:
                  listen: 127.0.0.1:0
                  startWait: 60s
                  kubernetes:
                    namespace: shop
                    api: %s:%d
                    credentials: %s
                """
                        .formatted(
                                names.port(),
                                server.uri().getHost(),
                                server.uri().getPort(),
                                folder.resolve("account"))
                + kubernetes.indent(4)
                + more.indent(2);
    }

    private TestSlice slice() {
        return new TestSlice("shop", "billing").port("http", port);
    }

    private static RawClient.Answer get(Sidecar web, String host) throws IOException {
        return RawClient.get(MeshPair.port(web, "outbound"), host, "/hello");
    }

    private static String page(Sidecar web, String path) throws IOException {
        return RawClient.get(MeshPair.port(web, "admin"), "localhost", path).body();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Mesh.PATIENCE).until(condition);
    }

    private static void untilKnown(Sidecar web, String... addresses) {
        until(() -> {
            String page = page(web, "/clusters");
            return List.of(addresses).stream().allMatch(page::contains);
        });
    }

    private static void goesOn(SteadyClient client) {
        int before = client.good.get();
        until(() -> client.good.get() > before + 20 || !client.failures.isEmpty());
        assertThat(client.failures).isEmpty();
    }

    // ---- by name

    @Test
    void aServiceWithTheLabelIsCalledOverMutualTlsWithoutBeingListed() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        slice().account("billing").ready("127.0.0.2").in(server);
        Sidecar web = mesh.start("web", web("", ""));
        for (String host :
                List.of(
                        "billing",
                        "billing:80",
                        "billing.shop",
                        "billing.shop.svc",
                        "Billing.shop.svc.cluster.local:80")) {
            RawClient.Answer answer = get(web, host);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("URI=" + Mesh.WEB, "By=" + BILLING);
        }
        assertThat(page(web, "/clusters"))
                .contains("\"billing.shop\"", "127.0.0.2:" + port)
                .doesNotContain("billing.shop:80");
        assertThat(get(web, "nobody").status()).isEqualTo(404);
        assertThat(get(web, "www.example.com").status()).isEqualTo(404);
    }

    @Test
    void onlyTheAccountOfTheLabelMayAnswer() throws Exception {
        var _ = pod("127.0.0.2", OTHER, "");
        slice().account("billing").ready("127.0.0.2").in(server);
        Sidecar web = mesh.start("web", web("retry: {attempts: 0}", ""));
        RawClient.Answer answer = get(web, "billing");
        assertThat(answer.status()).as(answer.body()).isEqualTo(502);
        assertThat(answer.body()).contains("expected " + BILLING);
        slice().account("other").ready("127.0.0.2").in(server);
        until(() -> get(web, "billing").status() == 200);
    }

    @Test
    void itsTokenIsMadeOutToWhoeverAnswers() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "jwt: {audience: \"" + BILLING + "\"}");
        slice().account("billing").ready("127.0.0.2").in(server);
        Sidecar web = mesh.start("web", web("tokens: true", ""));
        RawClient.Answer answer = get(web, "billing");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void podsComeAndGoUnderLoadWithoutAFailedRequest() throws Exception {
        List<Sidecar> pods = new ArrayList<>();
        pods.add(pod("127.0.0.2", BILLING, ""));
        pods.add(pod("127.0.0.3", BILLING, ""));
        slice().account("billing").ready("127.0.0.2", "127.0.0.3").in(server);
        Sidecar web = mesh.start("web", web("retry: {attempts: 0}", ""));
        try (SteadyClient one = new SteadyClient(() -> outbound(web), "billing");
                SteadyClient two = new SteadyClient(() -> outbound(web), "billing.shop.svc")) {
            goesOn(one);
            for (int i = 4; i < 8; i++) {
                pods.add(pod("127.0.0." + i, BILLING, ""));
                String older = "127.0.0." + (i - 2);
                String old = "127.0.0." + (i - 1);
                String young = "127.0.0." + i;
                slice().account("billing")
                        .ready(old, young)
                        .endpoint(older, false, true, true)
                        .in(server);
                untilKnown(web, old + ":" + port, young + ":" + port);
                until(() -> !page(web, "/clusters").contains(older + ":" + port));
                goesOn(one);
                goesOn(two);
                pods.removeFirst().close();
                slice().account("billing").ready(old, young).in(server);
                goesOn(two);
            }
        }
        assertThat(page(web, "/metrics")).contains("outrider_kubernetes_services");
    }

    private static int outbound(Sidecar web) {
        return MeshPair.port(web, "outbound");
    }

    @Test
    void goesOnWithWhatItKnewWhileTheApiIsAwayAndSaysSo() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        var _ = pod("127.0.0.3", BILLING, "");
        slice().account("billing").ready("127.0.0.2").in(server);
        Sidecar web = mesh.start("web", web("", ""));
        try (SteadyClient client = new SteadyClient(() -> outbound(web), "billing")) {
            goesOn(client);
            until(() -> server.openWatches() > 0);
            server.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "the API is away"));
            server.dropWatches();
            until(() -> MeshPair.metric(web, "outrider_kubernetes_stale") == 1);
            goesOn(client);
            assertThat(page(web, "/kubernetes"))
                    .contains("billing.shop", "not followed just now", "the API is away");
            RawClient.Answer refused = get(web, "orders");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).contains("discovery-unavailable");

            slice().account("billing").ready("127.0.0.3").in(server);
            server.behave();
            untilKnown(web, "127.0.0.3:" + port);
            goesOn(client);
            until(() -> MeshPair.metric(web, "outrider_kubernetes_stale") == 0);

            server.close();
            until(() -> MeshPair.metric(web, "outrider_kubernetes_stale") == 1);
            goesOn(client);
        }
    }

    @Test
    void aListedServiceIsFoundInTheClusterAndInDnsWhereThatMayNotBeRead() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        var _ = pod("127.0.0.3", BILLING, "");
        slice().ready("127.0.0.2").in(server);
        names.answer("billing.shop.svc.cluster.local", NameServer.Answer.found(300, "127.0.0.3"));
        String listed =
                """
                services:
                  bills:
                    hosts: [bills]
                    endpoints: {kubernetes: billing, port: %d}
                    identity: %s
                """
                        .formatted(port, BILLING);
        Sidecar web = mesh.start("web", web("names: false", listed));
        assertThat(get(web, "bills").status()).isEqualTo(200);
        untilKnown(web, "127.0.0.2:" + port);
        web.close();

        server.forbid("list", "endpointslices");
        Sidecar denied = mesh.start("denied", web("names: false", listed));
        assertThat(get(denied, "bills").status()).isEqualTo(200);
        untilKnown(denied, "127.0.0.3:" + port);
        assertThat(page(denied, "/kubernetes")).contains("denied", "403");
        assertThat(page(denied, "/")).contains("denied");
    }

    // ---- captured

    @Test
    void theLabelSwitchesWhatIsCapturedOverWithoutAFailedRequest() throws Exception {
        EchoApp plain = new EchoApp();
        apps.add(plain);
        var _ = pod("127.0.0.2", BILLING, "");
        slice().ready("127.0.0.2").in(server);
        InetSocketAddress destination = new InetSocketAddress("127.0.0.1", plain.port());
        try (CapturedWay way = new CapturedWay(folder, destination, web("", "unknown: pass\n"));
                SteadyClient client = new SteadyClient(way::port, "billing")) {
            goesOn(client);
            assertThat(RawClient.get(way.port(), "billing", "/").body()).doesNotContain("URI=");
            for (int i = 0; i < 3; i++) {
                slice().account("billing").ready("127.0.0.2").in(server);
                until(() ->
                        RawClient.get(way.port(), "billing", "/")
                                .body()
                                .contains("URI=" + Mesh.WEB));
                goesOn(client);
                slice().ready("127.0.0.2").in(server);
                until(() -> !RawClient.get(way.port(), "billing", "/").body().contains("URI="));
                goesOn(client);
            }
        }
    }

    @Test
    void whatMayNotBeReadIsUnknown() throws Exception {
        EchoApp plain = new EchoApp();
        apps.add(plain);
        server.forbid("list", "endpointslices");
        InetSocketAddress destination = new InetSocketAddress("127.0.0.1", plain.port());
        try (CapturedWay way = new CapturedWay(folder, destination, web("", "unknown: pass\n"))) {
            assertThat(RawClient.get(way.port(), "billing", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void whatTheApiNeverAnsweredForIsRefusedUnlessItMayPass() throws Exception {
        EchoApp plain = new EchoApp();
        apps.add(plain);
        server.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "away"));
        InetSocketAddress destination = new InetSocketAddress("127.0.0.1", plain.port());
        try (CapturedWay way = new CapturedWay(folder, destination, web("", "unknown: pass\n"))) {
            RawClient.Answer refused = RawClient.get(way.port(), "billing", "/");
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(RawClient.get(way.port(), "www.example.com", "/").status()).isEqualTo(200);
            way.change(web("unanswered: pass", "unknown: pass\n"));
            assertThat(RawClient.get(way.port(), "billing", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void aReloadOfWhatIsSaidOfTheClusterFailsNoCall() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        slice().account("billing").ready("127.0.0.2").in(server);
        Path file = folder.resolve("web.yaml");
        Files.writeString(file, web("", ""));
        Sidecar web = mesh.watch(file);
        try (SteadyClient client = new SteadyClient(() -> outbound(web), "billing")) {
            goesOn(client);
            for (int i = 0; i < 8; i++) {
                Files.writeString(file, web("services: " + (100 + i / 2), ""));
                assertThat(web.reload().errors()).isEmpty();
                goesOn(client);
                Files.writeString(file, web("timeout: " + (20 + i) + "s", ""));
                assertThat(web.reload().errors()).isEmpty();
                goesOn(client);
            }
        }
        until(() -> {
            server.bookmark(); // so that it notices who has gone
            return server.openWatches() == 1;
        });
    }

    @Test
    void anAppCannotMakeEndlesslyManyDestinations() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        slice().port("admin", port).account("billing").ready("127.0.0.2").in(server);
        names.srv("_http._tcp.billing.shop.svc.cluster.local", 80);
        names.srv("_admin._tcp.billing.shop.svc.cluster.local", 81);
        Sidecar web = mesh.start("web", web("services: 8", ""));
        for (int i = 80; i < 120; i++) {
            int status = get(web, "billing:" + i).status();
            assertThat(status).isIn(i < 82 ? List.of(200) : List.of(503));
            assertThat(MeshPair.metric(web, "outrider_services_made")).isLessThanOrEqualTo(8);
        }
        until(() -> get(web, "billing:80").status() == 200);
    }

    @Test
    void rawBytesToTheServicesAddressGoOverMutualTls() throws Exception {
        try (ServerSocket database = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> repeat(database));
            var _ =
                    pod(
                            "127.0.0.2",
                            BILLING,
                            database.getLocalPort(),
                            "ports: {\"" + database.getLocalPort() + "\": tcp}");
            new TestSlice("shop", "db")
                    .port("sql", port)
                    .account("billing")
                    .ready("127.0.0.2")
                    .in(server);
            names.ptr("7.0.96.10.in-addr.arpa", "db.shop.svc.cluster.local");
            names.answer("db.shop.svc.cluster.local", NameServer.Answer.found(5, "10.96.0.7"));
            InetSocketAddress destination = new InetSocketAddress("10.96.0.7", 5432);
            try (CapturedWay way =
                            new CapturedWay(folder, destination, web("", "unknown: refuse\n"));
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), way.port())) {
                socket.setSoTimeout((int) Mesh.PATIENCE.toMillis());
                byte[] said = "select 1".getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(said);
                assertThat(socket.getInputStream().readNBytes(said.length)).isEqualTo(said);
            }
        }
    }

    @Test
    void requestsWithAForeignHostAtTheServicesAddressGoOverMutualTls() throws Exception {
        var _ = pod("127.0.0.2", BILLING, "");
        slice().account("billing").ready("127.0.0.2").in(server);
        names.ptr("7.0.96.10.in-addr.arpa", "billing.shop.svc.cluster.local");
        names.answer("billing.shop.svc.cluster.local", NameServer.Answer.found(5, "10.96.0.7"));
        InetSocketAddress destination = new InetSocketAddress("10.96.0.7", 80);
        try (CapturedWay way = new CapturedWay(folder, destination, web("", "unknown: refuse\n"))) {
            for (String host : List.of("10.96.0.7", "10.96.0.7:80", "bills.example.com")) {
                RawClient.Answer answer = RawClient.get(way.port(), host, "/");
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("URI=" + Mesh.WEB, "host: " + host);
            }
        }
    }

    private static void repeat(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket taken = server.accept();
                Thread.startVirtualThread(() -> {
                    try (taken) {
                        taken.getInputStream().transferTo(taken.getOutputStream());
                    } catch (IOException e) {
                        return; // the client is gone
                    }
                });
            } catch (IOException e) {
                return; // it was closed
            }
        }
    }
}
