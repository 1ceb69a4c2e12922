package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.balance.HealthConfig;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.resilience.RetryConfig;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes of a real upstream, which decide whether calls get there. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class HealthProbesIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final HealthConfig CONFIG =
            new HealthConfig("/well?deep=1", INTERVAL, INTERVAL, 2, 3, List.of(200, 204));

    private final Transport transport = Transport.of(Transport.Kind.AUTO);
    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, transport.io());
    private final AtomicInteger status = new AtomicInteger(200);
    private RawUpstream upstream;
    private ProxyRig rig;
    private HealthProbes probes;

    private void start(ServiceConfigs.Knobs knobs, RawUpstream.Script script) throws IOException {
        upstream = new RawUpstream(script);
        rig = new ProxyRig(knobs, upstream);
        probe(CONFIG);
    }

    private void start(RawUpstream.Script script) throws IOException {
        start(new ServiceConfigs.Knobs(), script);
    }

    private void probe(HealthConfig config) {
        probes =
                new HealthProbes(rig.service, config, loops.next(), Ticker.system(), new Random(3));
        probes.start();
    }

    /** Answers with the status of the moment and no body. */
    private void serve(RawUpstream.Connection connection) throws IOException {
        while (true) {
            connection.request();
            connection.write("HTTP/1.1 " + status.get() + " S\r\nContent-Length: 0\r\n\r\n");
        }
    }

    private Member member() {
        return rig.service.members().all().getFirst();
    }

    private int asked() {
        return upstream.heads.size();
    }

    /** Waits for that many further probes. */
    private void probed(int times) {
        int before = asked();
        await().until(() -> asked() >= before + times);
    }

    @AfterEach
    void stop() throws IOException {
        probes.close();
        rig.close();
        upstream.close();
        loops.shutdownGracefully(0, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    @Test
    void takesMemberOutAndBringsItBack() throws IOException {
        upstream = new RawUpstream((connection, _) -> serve(connection));
        try (RawUpstream other = RawUpstream.answering(RawUpstream.OK)) {
            rig = new ProxyRig(new ServiceConfigs.Knobs().retry(RetryConfig.NONE), upstream, other);
            probe(CONFIG);
            probed(2);
            assertThat(member().healthy()).isTrue();

            status.set(503);
            await().until(() -> !member().healthy());
            try (RawClient client = new RawClient(rig.port())) {
                for (int i = 0; i < 20; i++) {
                    assertThat(client.send(GET).answer().body()).isEqualTo("ok");
                }
                status.set(204);
                await().until(() -> member().healthy());
                await().until(() -> client.send(GET).answer().status() == 204);
            }
        }
    }

    @Test
    void asksForTheConfiguredPathOverOneConnection() throws IOException {
        start((connection, _) -> serve(connection));
        probed(4);
        assertThat(upstream.connections).hasValue(1);
        assertThat(upstream.heads)
                .allSatisfy(head ->
                        assertThat(head)
                                .startsWith("GET /well?deep=1 HTTP/1.1\r\n")
                                .contains("\r\nHost: upstream\r\n")
                                .contains("\r\nUser-Agent: outrider-health\r\n"));
        // Probes are no calls: they count for nobody's balance and no breaker.
        assertThat(member().inFlight()).isZero();
        assertThat(rig.finished).isEmpty();
    }

    @Test
    void countsSilenceAsBadAndLetsGoOfIt() throws IOException {
        start((connection, _) -> {
            connection.head();
            connection.untilClosed();
        });
        await().until(() -> !member().healthy());
        // Each probe that took too long has closed its connection.
        assertThat(upstream.connections.get()).isGreaterThanOrEqualTo(3);
        probes.close();
        await().until(() -> upstream.open.get() == 0 && rig.service.openConnections() == 0);
    }

    @Test
    void newProbesBringBackWhomTheirPredecessorsTookOut() throws IOException {
        start((connection, _) -> serve(connection));
        status.set(503);
        await().until(() -> !member().healthy());

        probes.close();
        status.set(200);
        probe(CONFIG);
        await().until(() -> member().healthy());
    }

    @Test
    void countsRefusedConnectionsAsBad() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            start((connection, _) -> serve(connection));
            upstream.close();
            assertThat(taken.isBound()).isTrue();
            await().until(() -> !member().healthy());
        }
    }

    @Test
    void countsMalformedAnswersAsBad() throws IOException {
        start((connection, _) -> {
            connection.head();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n");
            connection.untilClosed();
        });
        await().until(() -> !member().healthy());
    }

    @Test
    void readsTheStatusOnlyAndCutsTheBody() throws IOException {
        AtomicInteger cut = new AtomicInteger();
        start((connection, _) -> {
            connection.head();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            connection.untilClosed();
            cut.incrementAndGet();
        });
        await().until(() -> cut.get() >= 4);
        assertThat(member().healthy()).isTrue();
    }

    @Test
    void informationalAnswersAreNoVerdict() throws IOException {
        start((connection, _) -> {
            while (true) {
                connection.request();
                connection.write("HTTP/1.1 103 Hm\r\n\r\nHTTP/1.1 500 No\r\n");
                connection.write("Content-Length: 0\r\n\r\n");
            }
        });
        await().until(() -> !member().healthy());
    }

    @Test
    void blamesNobodyForOurMissingCertificate() throws IOException {
        start(new ServiceConfigs.Knobs().mtls(), (connection, _) -> serve(connection));
        await().during(INTERVAL.multipliedBy(8)).until(() -> member().healthy());
        assertThat(upstream.connections).hasValue(0);
    }

    @Test
    void stopsWhenClosedAndKeepsNoConnection() throws IOException {
        start((connection, _) -> serve(connection));
        probed(2);
        probes.close();
        await().until(() -> upstream.open.get() == 0);
        int before = asked();
        await().during(INTERVAL.multipliedBy(5)).until(() -> asked() == before);
    }

    @Test
    void stopsForMembersThatAreGone() throws IOException {
        start((connection, _) -> serve(connection));
        probed(2);
        rig.service.update(new EndpointSet(2, List.of()));
        await().until(() -> upstream.open.get() == 0);
        int before = asked();
        await().during(INTERVAL.multipliedBy(5)).until(() -> asked() == before);
    }
}
