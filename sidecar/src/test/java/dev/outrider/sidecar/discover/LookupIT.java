package dev.outrider.sidecar.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A short name, whose search domains are asked one after the other. */
class LookupIT {
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) group.next();
    private final NameServer server = new NameServer(loop);
    private final NameServer second = new NameServer(loop);

    @AfterEach
    void stop() {
        server.close();
        second.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Lookup.Answer look(int... ports) throws Exception {
        Lookup lookup =
                lookup(
                        "billing",
                        new DnsTransport(loop, NioDatagramChannel.class, NioSocketChannel.class),
                        ports);
        CompletableFuture<Lookup.Answer> answer = new CompletableFuture<>();
        loop.execute(() -> lookup.start(answer::complete));
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } finally {
            loop.execute(lookup::close);
        }
    }

    private static Lookup lookup(String name, DnsTransport transport, int... ports) {
        DnsConfig config =
                new DnsConfig(
                        java.util.Arrays.stream(ports)
                                .mapToObj(port -> new Endpoint("127.0.0.1", port))
                                .toList(),
                        DnsConfig.Family.AUTO,
                        Duration.ofSeconds(15),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(5));
        return new Lookup(name, config, transport, List.of("shop.test", "test"));
    }

    @Test
    void whoIsClosedMakesRoomForWhoWaits() throws Exception {
        server.answer(NameServer.Answer.found(1, "10.0.0.1").manner(NameServer.Manner.SILENT));
        server.answer("last.test", NameServer.Answer.found(30, "10.0.0.7"));
        DnsTransport transport =
                new DnsTransport(
                        loop, NioDatagramChannel.class, NioSocketChannel.class, new LookupQueue(2));
        CompletableFuture<Lookup.Answer> answer = new CompletableFuture<>();
        List<Lookup> silent =
                IntStream.range(0, 3)
                        .mapToObj(i -> lookup("silent" + i + ".test", transport, server.port()))
                        .toList();
        Lookup last = lookup("last.test", transport, server.port());
        loop.submit(
                        () -> {
                            silent.forEach(each -> each.start(_ -> answer.cancel(false)));
                            last.start(answer::complete);
                            assertThat(answer).isNotDone();
                        })
                .get(60, TimeUnit.SECONDS);
        // One that waits, and one that is under way; nobody hears of them any more.
        loop.execute(silent.getLast()::close);
        loop.execute(silent.getFirst()::close);
        assertThat(answer.get(60, TimeUnit.SECONDS))
                .isEqualTo(new Lookup.Answer.Found(List.of(InetAddress.ofLiteral("10.0.0.7")), 30));
        assertThat(server.asked()).contains("last").doesNotContain("silent2");
        loop.submit(() -> silent.forEach(Lookup::close)).get(60, TimeUnit.SECONDS);
    }

    @Test
    void theFirstDomainThatHasItWins() throws Exception {
        server.answer(NameServer.Answer.absent(3));
        server.answer("billing.test", NameServer.Answer.found(30, "10.0.0.7"));
        assertThat(look(server.port()))
                .isEqualTo(new Lookup.Answer.Found(List.of(InetAddress.ofLiteral("10.0.0.7")), 30));
    }

    @Test
    void isAbsentWhenAllDomainsSaySo() throws Exception {
        server.answer(NameServer.Answer.absent(3));
        assertThat(look(server.port())).isEqualTo(new Lookup.Answer.Absent(3));
    }

    @Test
    void isNotAbsentWhenTheDomainThatHasItFailsToAnswer() throws Exception {
        server.answer(NameServer.Answer.absent(3));
        server.answer("billing.shop.test", NameServer.Answer.BROKEN);
        assertThat(look(server.port())).isInstanceOf(Lookup.Answer.Failed.class);
    }

    @Test
    void anotherServersWordCountsForOneThatFails() throws Exception {
        server.answer(NameServer.Answer.BROKEN);
        second.answer(NameServer.Answer.absent(3));
        Lookup.Answer answer = look(server.port(), second.port());
        assertThat(answer).isInstanceOf(Lookup.Answer.Absent.class);
    }

    @Test
    void aDomainThatIsEmptyIsNoFailure() throws Exception {
        server.answer(NameServer.Answer.absent(3));
        server.answer("billing.shop.test", NameServer.Answer.found(30));
        assertThat(look(server.port())).isInstanceOf(Lookup.Answer.Absent.class);
    }
}
