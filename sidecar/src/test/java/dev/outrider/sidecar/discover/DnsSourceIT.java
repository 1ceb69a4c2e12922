package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsSourceIT {
    private static final Duration LONG = Duration.ofSeconds(20);
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) group.next();
    private final NameServer server = new NameServer(loop);
    private final List<EndpointSet> told = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private DnsSource source(String name, DnsConfig.Family family) {
        DnsConfig config =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", server.port())),
                        family,
                        Duration.ofSeconds(15),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(5));
        return source(name, config);
    }

    private DnsSource source(String name, DnsConfig config) {
        DnsTransport transport =
                new DnsTransport(loop, NioDatagramChannel.class, NioSocketChannel.class);
        DnsSource source = new DnsSource(name, 80, config, transport, new Random(1));
        source.subscribe(told::add);
        return source;
    }

    private DnsSource started(String name) throws Exception {
        DnsSource source = source(name, DnsConfig.Family.AUTO);
        source.start();
        source.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
        return source;
    }

    /** Failures are tried again soon, so that a test need not wait for the default. */
    private DnsSource startedHasty(String name) throws Exception {
        DnsConfig config =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", server.port())),
                        DnsConfig.Family.AUTO,
                        Duration.ofMillis(200),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(5),
                        Duration.ofMillis(50));
        DnsSource source = source(name, config);
        source.start();
        source.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
        return source;
    }

    private static List<String> addresses(EndpointSet set) {
        return set.endpoints().stream().map(Endpoint::address).toList();
    }

    @Test
    void publishesTheAddressesAndTheirLifetime() throws Exception {
        server.answer(NameServer.Answer.found(30, "10.0.0.2", "10.0.0.1"));
        try (DnsSource source = started("billing.test")) {
            assertThat(addresses(source.current())).containsExactly("10.0.0.1:80", "10.0.0.2:80");
            assertThat(source.view())
                    .isEqualTo(
                            new DnsView(
                                    "billing.test",
                                    1,
                                    0,
                                    false,
                                    Duration.ofSeconds(30).toNanos(),
                                    ""));
            assertThat(told).containsExactly(source.current());
        }
    }

    @Test
    void asksAgainWhenTheLifetimeIsOverAndTellsOfChangesOnly() throws Exception {
        server.answer(NameServer.Answer.found(0, "10.0.0.1", "10.0.0.2"));
        try (DnsSource source = started("billing.test")) {
            assertThat(source.view().ttlNanos()).isEqualTo(Duration.ofMillis(50).toNanos());
            await().atMost(LONG).until(() -> source.view().answers() > 2);
            server.answer(NameServer.Answer.found(0, "10.0.0.2", "10.0.0.1"));
            long before = source.view().answers();
            await().atMost(LONG).until(() -> source.view().answers() > before + 2);
            assertThat(told).hasSize(1);
            server.answer(NameServer.Answer.found(0, "10.0.0.3"));
            await().atMost(LONG).until(() -> told.size() == 2);
            assertThat(addresses(told.getLast())).containsExactly("10.0.0.3:80");
            assertThat(told.getLast().version()).isEqualTo(2);
        }
    }

    @Test
    void takesTheWordOfTheServerThatThereIsNoSuchName() throws Exception {
        server.answer(
                new NameServer.Answer(
                        DnsResponseCode.NXDOMAIN, List.of(), 0, 3, NameServer.Manner.PLAIN));
        try (DnsSource source = started("nowhere.test")) {
            assertThat(source.current().endpoints()).isEmpty();
            assertThat(source.current().version()).isEqualTo(1);
            assertThat(source.view().ttlNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
            assertThat(source.view().failures()).isZero();
        }
    }

    @Test
    void boundsTheLifetimeOfNoSuchName() throws Exception {
        server.answer(
                new NameServer.Answer(
                        DnsResponseCode.NXDOMAIN, List.of(), 0, 3600, NameServer.Manner.PLAIN));
        try (DnsSource source = started("nowhere.test")) {
            assertThat(source.view().ttlNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
        }
    }

    @Test
    void aNameWithoutAddressesHasNoEndpoints() throws Exception {
        server.answer(
                new NameServer.Answer(
                        DnsResponseCode.NOERROR, List.of(), 0, 2, NameServer.Manner.PLAIN));
        try (DnsSource source = started("empty.test")) {
            assertThat(source.current().endpoints()).isEmpty();
            assertThat(source.view().answers()).isEqualTo(1);
        }
    }

    @Test
    void servesTheOldAnswerWhileTheServerIsSilentOrBroken() throws Exception {
        server.answer(NameServer.Answer.found(0, "10.0.0.1"));
        try (DnsSource source = startedHasty("billing.test")) {
            await().atMost(LONG).until(() -> told.size() == 1);
            server.answer(NameServer.Answer.found(0).manner(NameServer.Manner.SILENT));
            await().atMost(LONG).until(() -> source.view().failures() > 0);
            assertThat(addresses(source.current())).containsExactly("10.0.0.1:80");
            assertThat(source.view().stale()).isTrue();
            assertThat(source.view().problem()).isNotEmpty();
            long before = source.view().failures();
            server.answer(
                    new NameServer.Answer(
                            DnsResponseCode.SERVFAIL, List.of(), 0, 0, NameServer.Manner.PLAIN));
            await().atMost(LONG).until(() -> source.view().failures() > before + 1);
            assertThat(addresses(source.current())).containsExactly("10.0.0.1:80");
            server.answer(NameServer.Answer.found(60, "10.0.0.2"));
            await().atMost(LONG).until(() -> told.size() == 2);
            assertThat(source.view().stale()).isFalse();
            assertThat(addresses(source.current())).containsExactly("10.0.0.2:80");
        }
    }

    @Test
    void isReadyWithoutEndpointsWhenNobodyAnswers() throws Exception {
        server.answer(NameServer.Answer.found(0).manner(NameServer.Manner.SILENT));
        try (DnsSource source = startedHasty("billing.test")) {
            assertThat(source.current()).isEqualTo(EndpointSet.NONE);
            assertThat(source.view().failures()).isPositive();
            assertThat(source.view().stale()).isFalse();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void asksOverTcpWhenTheAnswerIsTruncated() throws Exception {
        String[] many = new String[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0.1." + i;
        }
        server.answer(NameServer.Answer.found(30, many).manner(NameServer.Manner.TRUNCATED));
        try (DnsSource source = started("billing.test")) {
            assertThat(source.current().endpoints()).as(source.view().problem()).hasSize(60);
            assertThat(server.tcpQueries()).isPositive();
        }
    }

    @Test
    void takesOneFamilyOnly() throws Exception {
        server.answer(NameServer.Answer.found(30, "10.0.0.1", "fd00::1"));
        try (DnsSource source = started("billing.test")) {
            assertThat(addresses(source.current())).containsExactly("10.0.0.1:80");
        }
        server.answer(NameServer.Answer.found(30, "fd00::1"));
        try (DnsSource source = started("billing.test")) {
            assertThat(addresses(source.current())).containsExactly("[fd00::1]:80");
        }
        try (DnsSource source = source("billing.test", DnsConfig.Family.IPV6)) {
            source.start();
            source.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(addresses(source.current())).containsExactly("[fd00::1]:80");
        }
    }

    @Test
    void readsTheHostsFileFirst() throws Exception {
        try (DnsSource source = started("localhost")) {
            assertThat(addresses(source.current())).containsExactly("127.0.0.1:80");
            assertThat(server.udpQueries()).isZero();
            assertThat(source.view().ttlNanos()).isEqualTo(Duration.ofMinutes(5).toNanos());
        }
    }

    @Test
    void tellsALateSubscriberAtOnceAndNobodyAfterClose() throws Exception {
        server.answer(NameServer.Answer.found(0, "10.0.0.1"));
        DnsSource source = started("billing.test");
        List<EndpointSet> late = new CopyOnWriteArrayList<>();
        source.subscribe(late::add);
        await().atMost(LONG).until(() -> late.size() == 1);
        source.close();
        loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
        int asked = server.udpQueries();
        server.answer(NameServer.Answer.found(0, "10.0.0.9"));
        source.subscribe(late::add);
        loop.submit(() -> {}).get(60, TimeUnit.SECONDS);
        assertThat(late).hasSize(1);
        // Those of one look-up, for addresses of both kinds, may have been on their way.
        assertThat(server.udpQueries()).isLessThanOrEqualTo(asked + 2);
    }
}
