package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.time.FakeTicker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
class ReverseNamesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BILLING = "billing.shop.svc.cluster.local";

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final FakeTicker ticker = new FakeTicker();
    private NameServer names;
    private Cluster cluster;
    private ReverseNames reverse;

    @BeforeEach
    void start() {
        names = new NameServer(loops.next());
        names.answer(NameServer.Answer.absent(30));
        cluster = Clusters.none();
        DnsConfig defaults = DnsConfig.DEFAULTS;
        DnsConfig dns =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", names.port())),
                        defaults.family(),
                        Duration.ofSeconds(30),
                        defaults.minTtl(),
                        defaults.maxTtl(),
                        defaults.negativeTtl());
        reverse =
                new ReverseNames(
                        cluster,
                        dns,
                        new DnsTransport(
                                loops.next(), NioDatagramChannel.class, NioSocketChannel.class),
                        ticker);
    }

    @AfterEach
    void stop() {
        cluster.close();
        names.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private ReverseNames.@Nullable Found find(String address) {
        return reverse.find(InetAddress.ofLiteral(address));
    }

    private @Nullable ClusterName name(String address) {
        ReverseNames.Found found = Objects.requireNonNull(find(address));
        await().atMost(PATIENCE).until(found::answered);
        return found.name();
    }

    @Test
    void findsTheServiceWhoseAddressItIs() {
        names.ptr("7.0.96.10.in-addr.arpa", BILLING);
        names.answer(BILLING, NameServer.Answer.found(5, "10.96.0.7"));
        assertThat(name("10.96.0.7"))
                .isEqualTo(new ClusterName("", new ServiceName("billing", "shop")));
        assertThat(find("10.96.0.7")).isSameAs(find("10.96.0.7"));
    }

    @Test
    void findsThePodOfAHeadlessService() {
        String pod = "db-0.db.shop.svc.cluster.local";
        names.ptr(ReverseNames.reversed(InetAddress.ofLiteral("fd00::7")), pod);
        names.answer(pod, NameServer.Answer.found(5, "fd00::7"));
        assertThat(name("fd00::7"))
                .isEqualTo(new ClusterName("db-0", new ServiceName("db", "shop")));
    }

    @Test
    void believesNoNameThatDoesNotLeadBack() {
        names.ptr("7.0.96.10.in-addr.arpa", BILLING);
        names.answer(BILLING, NameServer.Answer.found(5, "10.96.0.8"));
        assertThat(name("10.96.0.7")).isNull();
    }

    @Test
    void believesNoNameFromOutsideOfTheCluster() {
        names.ptr("7.0.96.10.in-addr.arpa", "billing.shop.example.com");
        names.answer("billing.shop.example.com", NameServer.Answer.found(5, "10.96.0.7"));
        assertThat(name("10.96.0.7")).isNull();
        assertThat(name("10.96.0.8")).isNull();
    }

    @Test
    void asksForNoAddressOfThePublicNetwork() {
        assertThat(find("8.8.8.8")).isNull();
        assertThat(find("127.0.0.1")).isNull();
        assertThat(find("2001:db8::1")).isNull();
        assertThat(find("100.64.0.1")).isNotNull();
        assertThat(find("172.20.0.1")).isNotNull();
    }

    @Test
    void asksAgainAfterAWhile() {
        assertThat(name("10.96.0.7")).isNull();
        names.ptr("7.0.96.10.in-addr.arpa", BILLING);
        names.answer(BILLING, NameServer.Answer.found(5, "10.96.0.7"));
        assertThat(name("10.96.0.7")).isNull();
        ticker.advance(Duration.ofMinutes(2));
        await().atMost(PATIENCE).until(() -> name("10.96.0.7") != null);
    }

    @Test
    void remembersABoundedNumber() {
        for (int i = 0; i < 5000; i++) {
            ticker.advance(Duration.ofMillis(1));
            assertThat(find("10.1." + i / 250 + "." + i % 250)).isNotNull();
        }
        assertThat(reverse.size()).isLessThanOrEqualTo(1024);
    }

    @Test
    void asksABoundedNumberOfQuestionsAtATime() {
        CountDownLatch goOn = new CountDownLatch(1);
        // Nobody is answered while the loop of the look-ups stands still.
        loops.next().execute(() -> awaitUninterruptibly(goOn));
        try {
            for (int i = 0; i < ReverseNames.MOST_ASKED; i++) {
                assertThat(found("10.1." + i / 250 + "." + i % 250).answered()).isFalse();
            }
            assertThat(found("10.9.0.1").answered()).isTrue();
            assertThat(found("10.9.0.1").name()).isNull();
        } finally {
            goOn.countDown();
        }
        names.ptr("1.0.9.10.in-addr.arpa", BILLING);
        names.answer(BILLING, NameServer.Answer.found(5, "10.9.0.1"));
        await().atMost(PATIENCE).until(() -> found("10.9.0.1").name() != null);
    }

    private ReverseNames.Found found(String address) {
        return Objects.requireNonNull(find(address));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
