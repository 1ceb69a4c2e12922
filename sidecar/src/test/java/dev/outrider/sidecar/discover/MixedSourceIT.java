package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A fixed list with names in it. */
class MixedSourceIT {
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

    private EndpointSource started(Endpoint... places) {
        DnsConfig config =
                new DnsConfig(
                        List.of(new Endpoint("127.0.0.1", server.port())),
                        DnsConfig.Family.AUTO,
                        Duration.ofMillis(200),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(5),
                        Duration.ofMillis(50));
        EndpointSource source =
                new EndpointsConfig(List.of(places), null, 0)
                        .source(
                                config,
                                new DnsTransport(
                                        loop, NioDatagramChannel.class, NioSocketChannel.class),
                                new Random(1),
                                Clusters.none());
        source.subscribe(told::add);
        source.start();
        return source;
    }

    private static Endpoint weighted(String host, int weight) {
        return new Endpoint(host, 80, weight, null);
    }

    private static List<String> addresses(EndpointSource source) {
        return source.current().endpoints().stream()
                .map(each -> each.address() + " weight=" + each.weight())
                .toList();
    }

    @Test
    void addressesServeWhileANameIsLookedUpAndItsAddressesHaveItsWeight() {
        server.answer(NameServer.Answer.found(0).manner(NameServer.Manner.SILENT));
        try (EndpointSource source =
                started(weighted("10.0.0.9", 1), weighted("billing.test", 3))) {
            await().atMost(LONG).until(() -> told.size() == 1);
            assertThat(addresses(source)).containsExactly("10.0.0.9:80 weight=1");
            server.answer(NameServer.Answer.found(30, "10.0.0.2", "10.0.0.1"));
            await().atMost(LONG).until(() -> told.size() == 2);
            assertThat(addresses(source))
                    .containsExactly(
                            "10.0.0.9:80 weight=1", "10.0.0.1:80 weight=3", "10.0.0.2:80 weight=3");
            assertThat(told.getLast().version()).isEqualTo(2);
            assertThat(source.lookups()).singleElement().extracting(DnsView::answers).isEqualTo(1L);
        }
    }

    @Test
    void followsANameAndKeepsItsAddressesWhileItCannotBeLookedUp() {
        server.answer("one.test", NameServer.Answer.found(0, "10.0.0.1"));
        server.answer("two.test", NameServer.Answer.found(60, "10.0.1.1"));
        try (EndpointSource source = started(weighted("one.test", 1), weighted("two.test", 1))) {
            await().atMost(LONG).until(() -> source.current().endpoints().size() == 2);
            server.answer("one.test", NameServer.Answer.BROKEN);
            await().atMost(LONG)
                    .until(() -> source.lookups().stream().filter(DnsView::stale).count() == 1);
            assertThat(addresses(source))
                    .containsExactly("10.0.0.1:80 weight=1", "10.0.1.1:80 weight=1");
            server.answer("one.test", NameServer.Answer.found(60, "10.0.0.2"));
            await().atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(addresses(source))
                                    .containsExactly(
                                            "10.0.0.2:80 weight=1", "10.0.1.1:80 weight=1"));
        }
    }

    @Test
    void isReadyWhenEachNameWasAnsweredOrFailed() throws Exception {
        server.answer("one.test", NameServer.Answer.found(60, "10.0.0.1"));
        server.answer("two.test", NameServer.Answer.BROKEN);
        try (EndpointSource source = started(weighted("one.test", 1), weighted("two.test", 1))) {
            EndpointSet first = source.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(first.endpoints()).containsExactly(weighted("10.0.0.1", 1));
            assertThat(source.answered()).isTrue();
        }
    }

    @Test
    void oneNameIsLookedUpTooAndAddressesNever() {
        server.answer(NameServer.Answer.found(60, "10.0.0.1"));
        try (EndpointSource source = started(weighted("one.test", 1))) {
            await().atMost(LONG).until(() -> told.size() == 1);
            assertThat(addresses(source)).containsExactly("10.0.0.1:80 weight=1");
        }
        int asked = server.udpQueries();
        try (EndpointSource source = started(weighted("10.0.0.5", 1), weighted("fd00::5", 1))) {
            assertThat(source.answered()).isTrue();
            assertThat(source.current().endpoints()).hasSize(2);
        }
        assertThat(server.udpQueries()).isEqualTo(asked);
    }
}
