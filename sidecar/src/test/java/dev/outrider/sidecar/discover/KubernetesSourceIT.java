package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.sidecar.time.FakeTicker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
class KubernetesSourceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BILLING = "billing.shop.svc.cluster.local";

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final FakeTicker ticker = new FakeTicker();
    private final List<EndpointSet> told = new CopyOnWriteArrayList<>();
    private NameServer names;
    private FakeKubernetes server;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
        names = new NameServer(loops.next());
        server = FakeKubernetes.start();
        cluster = Clusters.of(server, Clusters.config("shop", "eu-1"), ticker);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
        names.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private EndpointSource meshed(String name) {
        return started(
                EndpointsConfig.meshed(
                        Objects.requireNonNull(cluster.name(name)), ServicePort.ONLY));
    }

    private EndpointSource source(String name, String port) {
        return started(new EndpointsConfig(List.of(), null, name, ServicePort.parse(port), false));
    }

    private EndpointSource started(EndpointsConfig config) {
        DnsConfig defaults = DnsConfig.DEFAULTS;
        DnsConfig dns =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", names.port())),
                        defaults.family(),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(5),
                        Duration.ofMillis(50));
        DnsTransport transport =
                new DnsTransport(loops.next(), NioDatagramChannel.class, NioSocketChannel.class);
        EndpointSource source = config.source(dns, transport, new Random(3), cluster);
        source.subscribe(told::add);
        source.start();
        return source;
    }

    private static List<String> addresses(EndpointSource source) {
        return source.current().endpoints().stream().map(Endpoint::address).toList();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private static void untilAt(EndpointSource source, String... addresses) {
        until(() -> addresses(source).equals(List.of(addresses)));
    }

    private static TestSlice slice() {
        return new TestSlice("shop", "billing").port("http", 8080);
    }

    @Test
    void tellsWhatTheSlicesSayAndOnlyWhatMatters() {
        slice().account("billing").ready("10.0.0.1").in(server);
        EndpointSource source = source("billing", "80");
        untilAt(source, "10.0.0.1:8080");
        assertThat(source.answered()).isTrue();
        assertThat(source.peer()).isEqualTo("spiffe://cluster.local/ns/shop/sa/billing");
        until(() -> cluster.behind() == 0);

        slice().account("billing").ready("10.0.0.1").in(server);
        slice().account("billing").ready("10.0.0.2", "10.0.0.1").in(server);
        untilAt(source, "10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(told).extracting(EndpointSet::version).containsExactly(1L, 2L);
        assertThat(source.standing()).isEmpty();

        source.close();
        slice().account("billing").ready("10.0.0.3").in(server);
        until(() -> cluster.find(new ServiceName("billing", "shop")) != null);
        assertThat(told).hasSize(2);
    }

    @Test
    void whoHadASidecarHasItStillWhenTheLabelIsGoneAndNobodyElse() {
        slice().account("billing").ready("10.0.0.1", "10.0.0.2").in(server);
        EndpointSource source = meshed("billing");
        untilAt(source, "10.0.0.1:8080", "10.0.0.2:8080");
        until(() -> cluster.behind() == 0);
        slice().ready("10.0.0.2", "10.0.0.3").in(server);
        untilAt(source, "10.0.0.2:8080");
        assertThat(source.current().endpoints())
                .extracting(Endpoint::peer)
                .containsExactly("spiffe://cluster.local/ns/shop/sa/billing");
        slice().account("other").ready("10.0.0.2", "10.0.0.3").in(server);
        untilAt(source, "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(source.current().endpoints())
                .extracting(Endpoint::peer)
                .containsOnly("spiffe://cluster.local/ns/shop/sa/other");
    }

    @Test
    void isReadyAgainOnlyWhenTheLastWordIsTold() {
        EndpointSource source = meshed("billing");
        until(source::answered);
        assertThat(source.current().endpoints()).isEmpty();
        for (int i = 1; i < 50; i++) {
            TestSlice next = slice();
            (i % 2 == 0 ? next : next.account("billing")).ready("10.0.1." + i).in(server);
            ServiceWatch watch = cluster.find(new ServiceName("billing", "shop"));
            boolean labelled = i % 2 == 1;
            until(() -> watch != null && watch.meshed() == labelled);
            // Whoever sees the label, and waits if there is nobody yet, finds the pod.
            var _ = source.ready().toCompletableFuture().join();
            assertThat(source.current().endpoints()).hasSize(labelled ? 1 : 0);
        }
    }

    @Test
    void whoEndsIsTakenOutAndWhoComesIsTakenIn() {
        slice().ready("10.0.0.1", "10.0.0.2").in(server);
        EndpointSource source = source("billing.shop.svc", "http");
        untilAt(source, "10.0.0.1:8080", "10.0.0.2:8080");
        slice().ready("10.0.0.2").endpoint("10.0.0.1", false, true, true).in(server);
        untilAt(source, "10.0.0.2:8080");
        slice().endpoint("10.0.0.2", false, true, true).in(server);
        until(() -> source.current().version() >= 2);
        assertThat(addresses(source)).containsExactly("10.0.0.2:8080");
        slice().ready("10.0.0.9").endpoint("10.0.0.2", false, false, true).in(server);
        untilAt(source, "10.0.0.9:8080");
        slice().outOf(server);
        untilAt(source);
        assertThat(source.current().why()).contains("there is no Service billing.shop");
        assertThat(source.standing()).contains("there is no Service billing.shop");
    }

    @Test
    void asksDnsWhichOfSeveralPortsHasTheNumber() {
        names.srv("_http._tcp." + BILLING, 80);
        names.srv("_admin._tcp." + BILLING, 8080);
        slice().port("admin", 9090).ready("10.0.0.1").in(server);
        untilAt(source("billing", "80"), "10.0.0.1:8080");
        untilAt(source("billing", "8080"), "10.0.0.1:9090");
        EndpointSource none = source("billing", "81");
        until(() -> none.answered());
        assertThat(none.current().endpoints()).isEmpty();
        assertThat(none.current().why()).contains("port 81 is none of billing.shop's");
    }

    @Test
    void saysThatNobodyKnowsWhichPortIsMeant() {
        slice().port("admin", 9090).ready("10.0.0.1").in(server);
        EndpointSource source = source("billing", "80");
        until(source::answered);
        assertThat(source.current().why())
                .contains("which of the ports admin, http")
                .contains("list the service with the port's name");
    }

    @Test
    void looksUpInDnsWhatItMayNotReadUntilItMay() {
        server.forbid("list", "endpointslices");
        names.answer(BILLING, NameServer.Answer.found(300, "10.96.0.7"));
        names.srv("_http._tcp." + BILLING, 80);
        slice().ready("10.0.0.1").in(server);
        EndpointSource source = source("billing", "http");
        untilAt(source, "10.96.0.7:80");
        assertThat(source.answered()).isTrue();
        assertThat(source.standing()).startsWith("by DNS").contains("403");
        assertThat(source.lookups()).hasSize(1);
        server.behave();
        ticker.advance(Duration.ofSeconds(91));
        untilAt(source, "10.0.0.1:8080");
        assertThat(source.standing()).isEmpty();
        assertThat(source.lookups()).isEmpty();
    }

    @Test
    void keepsWhatItKnewWhileTheServerIsAway() {
        slice().ready("10.0.0.1").in(server);
        EndpointSource source = source("billing", "80");
        untilAt(source, "10.0.0.1:8080");
        until(() -> cluster.behind() == 0);
        server.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "away"));
        server.dropWatches();
        until(() -> source.standing().startsWith("not followed just now"));
        assertThat(addresses(source)).containsExactly("10.0.0.1:8080");
        slice().ready("10.0.0.2").in(server);
        server.behave();
        untilAt(source, "10.0.0.2:8080");
    }

    @Test
    void followsHintsForItsOwnZone() {
        slice().zoned("10.0.0.1", "eu-1", "eu-1").zoned("10.0.0.2", "eu-2", "eu-2").in(server);
        EndpointSource source = source("billing", "80");
        untilAt(source, "10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(source.current().endpoints())
                .extracting(Endpoint::near)
                .containsExactly(true, false);
    }

    @Test
    void findsOnePodByItsName() {
        new TestSlice("shop", "db")
                .headless()
                .port("sql", 5432)
                .endpoint(Map.of("addresses", List.of("10.0.0.1"), "hostname", "db-0"))
                .endpoint(Map.of("addresses", List.of("10.0.0.2"), "hostname", "db-1"))
                .in(server);
        untilAt(source("db-1.db.shop.svc", "5432"), "10.0.0.2:5432");
    }
}
