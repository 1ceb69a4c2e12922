package dev.outrider.sidecar.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.kubernetes.FakeAnswer;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.Clusters;
import dev.outrider.sidecar.discover.DnsConfig;
import dev.outrider.sidecar.discover.DnsTransport;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.NameServer;
import dev.outrider.sidecar.discover.ReverseNames;
import dev.outrider.sidecar.discover.TestSlice;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.forward.Self;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.schema.Value;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@SuppressWarnings("NullAway.Init") // set before each test
class ClusterTcpRouteIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ClusterServicesConfig config =
            ClusterServicesConfig.SCHEMA.read(new Value.Mapping(Value.Place.NOWHERE, Map.of()));
    private NameServer names;
    private FakeKubernetes server;
    private Cluster cluster;
    private ClusterTcpRoute route;

    @BeforeEach
    void start() throws IOException {
        names = new NameServer(loops.next());
        names.answer(NameServer.Answer.absent(30));
        server = FakeKubernetes.start();
        cluster = Clusters.of(server, Clusters.config("shop", ""), Ticker.system());
        DnsConfig defaults = DnsConfig.DEFAULTS;
        DnsConfig dns =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", names.port())),
                        defaults.family(),
                        Duration.ofSeconds(30),
                        defaults.minTtl(),
                        defaults.maxTtl(),
                        defaults.negativeTtl());
        DnsTransport transport =
                new DnsTransport(loops.next(), NioDatagramChannel.class, NioSocketChannel.class);
        route =
                new ClusterTcpRoute(
                        config,
                        cluster,
                        new ReverseNames(cluster, dns, transport, Ticker.system()),
                        new Made(),
                        PATIENCE);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
        names.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Makes whatever is asked for. */
    private final class Made implements Services {
        private final Map<String, Service> made = new ConcurrentHashMap<>();

        @Override
        public @Nullable Service find(String name) {
            return made.computeIfAbsent(name, this::make);
        }

        private Service make(String name) {
            ClusterService it = Objects.requireNonNull(ClusterService.parse(name, cluster));
            ServiceConfig service = config.service(it.name(), it.servicePort());
            return Service.of(
                    name,
                    service,
                    new Service.Context(
                            Transport.of(Transport.Kind.NIO),
                            () -> null,
                            ExpectedPeer.anyOf("cluster.local"),
                            new RefusalLog(
                                    LoggerFactory.getLogger(ClusterTcpRouteIT.class),
                                    Ticker.system()),
                            (_, _, _) -> {},
                            Self.NOWHERE,
                            Ticker.system()));
        }

        @Override
        public Iterable<Service> made() {
            return made.values();
        }
    }

    private static TcpConnection to(String address, int port, @Nullable String serverName) {
        return new TcpConnection(
                Direction.OUTBOUND,
                Peer.plain(new InetSocketAddress("127.0.0.1", 4711)),
                new InetSocketAddress(InetAddress.ofLiteral(address), port),
                serverName);
    }

    /** What is found after all that had to be waited for. */
    private TcpRoute.@Nullable Target find(TcpConnection connection) {
        TcpRoute.Target found = route.find(connection, true);
        while (found instanceof TcpRoute.Later later) {
            later.known().toCompletableFuture().join();
            found = route.find(connection, true);
        }
        return found;
    }

    private TcpRoute.To meshed(TcpConnection connection) {
        TcpRoute.Target found = find(connection);
        assertThat(found).isInstanceOf(TcpRoute.To.class);
        return (TcpRoute.To) Objects.requireNonNull(found);
    }

    private void address(String address, String reversed, String name) {
        names.ptr(reversed + ".in-addr.arpa", name);
        names.answer(name, NameServer.Answer.found(5, address));
    }

    @Test
    void aServicesAddressMeansTheServiceIfItsPodsHaveSidecars() {
        new TestSlice("shop", "db").port("sql", 5432).account("db").ready("10.1.0.1").in(server);
        new TestSlice("shop", "old").port("sql", 5432).ready("10.1.0.2").in(server);
        address("10.96.0.7", "7.0.96.10", "db.shop.svc.cluster.local");
        address("10.96.0.8", "8.0.96.10", "old.shop.svc.cluster.local");
        address("10.96.0.9", "9.0.96.10", "gone.shop.svc.cluster.local");
        TcpRoute.To db = meshed(to("10.96.0.7", 3000, null));
        assertThat(db.service().name()).isEqualTo("db.shop");
        assertThat(db.member()).isNull();
        assertThat(find(to("10.96.0.8", 5432, null))).isNull();
        assertThat(find(to("10.96.0.9", 5432, null))).isNull();
        assertThat(find(to("10.96.0.10", 5432, null))).isNull();
        assertThat(find(to("8.8.8.8", 5432, null))).isNull();
    }

    @Test
    void whoConnectsToAPodOfAHeadlessServiceGetsThatPod() {
        new TestSlice("shop", "db")
                .headless()
                .port("sql", 5432)
                .port("gossip", 7000)
                .account("db")
                .ready("10.1.0.1", "10.1.0.2")
                .in(server);
        address("10.1.0.2", "2.0.1.10", "db-1.db.shop.svc.cluster.local");
        TcpRoute.To pod = meshed(to("10.1.0.2", 7000, null));
        assertThat(pod.service().name()).isEqualTo("db.shop:7000");
        assertThat(pod.member()).isEqualTo(new InetSocketAddress("10.1.0.2", 7000));
    }

    @Test
    void theNameAskedForInTlsMeansTheService() {
        new TestSlice("pay", "vault")
                .port("tls", 8200)
                .account("vault")
                .ready("10.1.0.3")
                .in(server);
        assertThat(meshed(to("10.96.0.7", 443, "vault.pay.svc.cluster.local")).service().name())
                .isEqualTo("vault.pay");
        assertThat(find(to("93.184.216.34", 443, "example.com"))).isNull();
        assertThat(find(to("93.184.216.34", 443, "www.example.com"))).isNull();
    }

    @Test
    void nothingIsSentInPlainTextWhileTheApiNeverAnsweredButWhatTheAppEncrypts() {
        server.script(_ -> FakeAnswer.failure(503, "ServiceUnavailable", "away"));
        address("10.96.0.7", "7.0.96.10", "db.shop.svc.cluster.local");
        assertThat(find(to("10.96.0.7", 5432, null))).isInstanceOf(TcpRoute.Nowhere.class);
        assertThat(find(to("10.96.0.7", 443, "vault.pay.svc"))).isNull();
    }
}
