package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.time.FakeTicker;
import dev.outrider.sidecar.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes through one relay, and through two with mutual TLS between them. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class TcpRelayIT {
    private static final int LARGE = 24 * 1024 * 1024;
    private static final TcpRig.Trust TRUST = new TcpRig.Trust();
    private static Identity web;
    private static Identity orders;

    private final List<AutoCloseable> parts = new ArrayList<>();
    private RawUpstream upstream;
    private Service service;
    private TcpRig near;
    private @Nullable TcpRig far;

    @BeforeAll
    static void issue() throws IOException {
        web = TRUST.identity("web");
        orders = TRUST.identity("orders");
    }

    /** {@code mesh}: through two sidecars, else through one. */
    private RawClient start(boolean mesh, RawUpstream.Script script) throws IOException {
        upstream = part(new RawUpstream(script));
        int next = upstream.port();
        ServiceConfigs.Knobs knobs = new ServiceConfigs.Knobs();
        if (mesh) {
            Service app = TcpRig.service(new ServiceConfigs.Knobs(), null, next);
            far = part(new TcpRig.Builder(app).mutualTls(orders).start());
            next = far.port();
            knobs = knobs.mtls();
        }
        service = TcpRig.service(knobs, web, next);
        near = part(new TcpRig.Builder(service).start());
        return part(new RawClient(near.port()));
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.add(part);
        return part;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
        if (service != null) {
            await().until(() -> service.openConnections() == 0);
            assertThat(service.members().all()).allMatch(each -> each.inFlight() == 0);
            assertThat(service.openConnections()).isZero();
            assertThat(service.bulkhead().taken()).isZero();
            assertThat(service.bulkhead().waiting()).isZero();
        }
    }

    /** A server that echoes, in a service with so many places. */
    private RawClient startEchoing(BulkheadConfig bulkhead) throws IOException {
        upstream =
                part(
                        new RawUpstream((connection, _) -> {
                            String said = connection.read(1);
                            while (!said.isEmpty()) {
                                connection.write(said);
                                said = connection.read(1);
                            }
                        }));
        ServiceConfigs.Knobs knobs = new ServiceConfigs.Knobs().bulkhead(bulkhead);
        service = TcpRig.service(knobs, null, upstream.port());
        near = part(new TcpRig.Builder(service).start());
        RawClient first = part(new RawClient(near.port()));
        assertThat(first.send("a").in().read()).isEqualTo('a');
        return first;
    }

    @Test
    void oneConnectionTooManyIsReset() throws Exception {
        RawClient first = startEchoing(new BulkheadConfig(1, 0, Duration.ofSeconds(1)));
        RawClient second = part(new RawClient(near.port()));
        assertThat(second.rest()).isEqualTo("<reset>");
        assertThat(near.flow().failure()).isInstanceOf(Failure.BulkheadFull.class);
        assertThat(service.bulkhead().refused()).isEqualTo(1);
        assertThat(first.send("b").in().read()).isEqualTo('b');

        first.reset();
        await().until(() -> service.bulkhead().taken() == 0);
        RawClient third = part(new RawClient(near.port()));
        assertThat(third.send("c").in().read()).isEqualTo('c');
    }

    @Test
    void aConnectionMayWaitForAPlace() throws Exception {
        RawClient first = startEchoing(new BulkheadConfig(1, 2, Duration.ofSeconds(60)));
        RawClient leaving = part(new RawClient(near.port()));
        await().until(() -> service.bulkhead().waiting() == 1);
        RawClient second = part(new RawClient(near.port())).send("b");
        await().until(() -> service.bulkhead().waiting() == 2);
        leaving.reset();
        await().until(() -> service.bulkhead().waiting() == 1);

        first.reset();
        assertThat(second.in().read()).isEqualTo('b');
        assertThat(service.bulkhead().taken()).isEqualTo(1);
    }

    @Test
    void aConnectionWaitsOnlySoLongForAPlace() throws Exception {
        startEchoing(new BulkheadConfig(1, 1, Duration.ofMillis(50)));
        RawClient second = part(new RawClient(near.port()));
        assertThat(second.rest()).isEqualTo("<reset>");
        Failure failure = java.util.Objects.requireNonNull(near.flow().failure());
        assertThat(failure).isInstanceOf(Failure.BulkheadFull.class);
        assertThat(failure.detail()).contains("in time");
    }

    /** The sidecar next to the server. */
    private TcpRig last() {
        return far == null ? near : far;
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesBackTheSocketsOfBothEnds(boolean mesh) throws Exception {
        start(mesh, (connection, _) -> connection.write("you said " + text(connection.in())))
                .close();
        long before = sockets();
        for (int i = 0; i < 40; i++) {
            try (RawClient client = new RawClient(near.port())) {
                client.send("hello");
                client.socket().shutdownOutput();
                assertThat(text(client.in())).isEqualTo("you said hello");
            }
        }
        await().until(() -> sockets() < before + 20);
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(TcpRelayIT::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void holdsTheAppsFirstConnectionsUntilTheServiceCanBeCalled() throws Exception {
        upstream = part(new RawUpstream((connection, _) -> connection.write(connection.read(5))));
        service = TcpRig.service(new ServiceConfigs.Knobs(), web, upstream.port());
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        near = part(new TcpRig.Builder(service).hold(ready).start());
        RawClient client = part(new RawClient(near.port()));
        client.send("early");
        await().until(() -> !near.opened.isEmpty());
        assertThat(upstream.connections).hasValue(0);
        ready.complete(true);
        assertThat(text(client.in())).isEqualTo("early");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientMayEndFirstAndStillGetsTheAnswer(boolean mesh) throws Exception {
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            String all = text(connection.in());
                            connection.write("you said " + all);
                        });
        client.send("hello, and that is all");
        client.socket().shutdownOutput();
        assertThat(text(client.in())).isEqualTo("you said hello, and that is all");
        TcpFlow flow = near.flow();
        assertThat(flow.failure()).isNull();
        assertThat(flow.receivedBytes()).isEqualTo(22);
        assertThat(flow.sentBytes()).isEqualTo(31);
        assertThat(near.received).hasValue(22);
        assertThat(near.sent).hasValue(31);
        if (far != null) {
            assertThat(far.flow().failure()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theServerMayEndFirstAndStillHearsTheClient(boolean mesh) throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            connection.write("220 ready\r\n");
                            connection.endOutput();
                            heard.complete(text(connection.in()));
                        });
        assertThat(text(client.in())).isEqualTo("220 ready\r\n");
        client.send("late words");
        client.socket().shutdownOutput();
        assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("late words");
        assertThat(near.flow().failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerMaySpeakFirstToASilentClient(boolean mesh) throws Exception {
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            connection.write("SSH-2.0-test\r\n");
                            connection.untilClosed();
                        });
        assertThat(client.in().readNBytes(14)).asString().isEqualTo("SSH-2.0-test\r\n");
        await().until(() -> near.sent.get() == 14);
        client.close();
        assertThat(near.flow().failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSlowReaderStopsTheSenderAndGetsEveryByte(boolean mesh) throws Exception {
        byte[] block = new byte[LARGE];
        new Random(1).nextBytes(block);
        CRC32 expected = new CRC32();
        expected.update(block);
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            connection.write(block);
                        });
        // Nobody reads yet: the sender must stick once the sockets and the marks are full.
        await().until(() -> near.sent.get() > 0);
        await().during(300, TimeUnit.MILLISECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(new Unchanged(near.sent::get)::holds);
        assertThat(near.sent.get()).isLessThan(LARGE / 2);
        near.clients.forEach(each ->
                assertThat(each.unsafe().outboundBuffer().totalPendingWriteBytes())
                        .isLessThan(256 * 1024));
        CheckedInputStream in = new CheckedInputStream(client.in(), new CRC32());
        assertThat(in.skip(0)).isZero();
        assertThat(in.readAllBytes()).hasSize(LARGE);
        assertThat(in.getChecksum().getValue()).isEqualTo(expected.getValue());
        client.socket().shutdownOutput();
        assertThat(near.flow().failure()).isNull();
        assertThat(near.flow().sentBytes()).isEqualTo(LARGE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesGoBothWaysAtOnce(boolean mesh) throws Exception {
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            byte[] part = new byte[8192];
                            InputStream in = connection.in();
                            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                                connection.write(java.util.Arrays.copyOf(part, read));
                            }
                        });
        byte[] block = new byte[LARGE];
        new Random(2).nextBytes(block);
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                OutputStream out = client.socket().getOutputStream();
                                out.write(block);
                                client.socket().shutdownOutput();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        assertThat(client.in().readAllBytes()).isEqualTo(block);
        writer.join();
        assertThat(near.flow().failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theServersResetIsTheClientsReset(boolean mesh) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            connection.write("half of it");
                            go.await();
                            connection.reset();
                        });
        assertThat(client.in().readNBytes(10)).hasSize(10);
        go.countDown();
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        assertThat(near.flow().failure())
                .isInstanceOfSatisfying(
                        Failure.UpstreamReset.class, it -> assertThat(it.answered()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientsResetIsTheServersReset(boolean mesh) throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        RawClient client =
                start(
                        mesh,
                        (connection, _) -> {
                            try {
                                connection.untilClosed();
                                seen.complete(new AssertionError("a clean end"));
                            } catch (IOException e) {
                                seen.complete(e);
                            }
                        });
        client.send("hello");
        await().until(() -> last().received.get() == 5 && last().connectedOnce());
        client.reset();
        assertThat(seen.get(20, TimeUnit.SECONDS)).hasMessageContaining("reset");
        assertThat(near.flow().failure()).isInstanceOf(Failure.ClientGone.class);
    }

    @Test
    void aSidecarThatDoesNotRelayTcpIsRefused() throws Exception {
        upstream = part(new RawUpstream((connection, _) -> connection.untilClosed()));
        Service app = TcpRig.service(new ServiceConfigs.Knobs(), null, upstream.port());
        Identity httpOnly = TRUST.identity("orders", Duration.ofDays(1), List.of("http/1.1"));
        far = part(new TcpRig.Builder(app).mutualTls(httpOnly).start());
        service = TcpRig.service(new ServiceConfigs.Knobs().mtls(), web, far.port());
        near = part(new TcpRig.Builder(service).start());
        RawClient client = part(new RawClient(near.port()));
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        Failure failure = java.util.Objects.requireNonNull(near.flow().failure());
        assertThat(failure).isInstanceOf(Failure.TlsFailed.class);
        assertThat(failure.detail()).contains("outrider-tcp");
    }

    @Test
    void endsWithTheCertificateItRestsOn() throws Exception {
        upstream =
                part(
                        new RawUpstream((connection, _) -> {
                            connection.write("hi");
                            connection.untilClosed();
                        }));
        Service app = TcpRig.service(new ServiceConfigs.Knobs(), null, upstream.port());
        far = part(new TcpRig.Builder(app).mutualTls(orders).start());
        service = TcpRig.service(new ServiceConfigs.Knobs().mtls(), web, far.port());
        // To this relay it is a moment before the day is over for which the certificates are good.
        Instant end = web.svid().notAfter();
        near = part(new TcpRig.Builder(service).clock(() -> end.minusMillis(500)).start());
        RawClient client = part(new RawClient(near.port()));
        assertThat(client.in().readNBytes(2)).hasSize(2);
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        Failure failure = java.util.Objects.requireNonNull(near.flow().failure());
        assertThat(failure.reason()).isEqualTo("certificate-ended");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsTheServerWhoTheClientIs(boolean mesh) throws Exception {
        upstream =
                part(new RawUpstream((connection, _) -> connection.write(text(connection.in()))));
        ServiceConfigs.Knobs knobs = new ServiceConfigs.Knobs().proxyProtocol(ProxyProtocol.V1);
        int next = upstream.port();
        if (mesh) {
            Service app = TcpRig.service(new ServiceConfigs.Knobs(), null, next);
            far = part(new TcpRig.Builder(app).mutualTls(orders).start());
            next = far.port();
            knobs = knobs.mtls();
        }
        service = TcpRig.service(knobs, web, next);
        near = part(new TcpRig.Builder(service).start());
        RawClient client = part(new RawClient(near.port()));
        client.send("hello");
        client.socket().shutdownOutput();
        assertThat(text(client.in()))
                .isEqualTo(
                        "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\nhello"
                                .formatted(client.socket().getLocalPort(), next));
        assertThat(near.flow().receivedBytes()).isEqualTo(5);
    }

    @Test
    void aServiceWithTheProxyProtocolTakesNoRequests() throws Exception {
        upstream = part(RawUpstream.answering(RawUpstream.OK));
        ServiceConfigs.Knobs knobs = new ServiceConfigs.Knobs().proxyProtocol(ProxyProtocol.V2);
        ProxyRig http = part(new ProxyRig(knobs, upstream));
        RawClient client = part(new RawClient(http.port()));
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(503);
        assertThat(java.util.Objects.requireNonNull(http.exchange().failure()).reason())
                .isEqualTo("tcp-only");
        assertThat(upstream.connections).hasValue(0);
    }

    @Test
    void turnsToAnotherMemberWhenOneCannotBeConnectedTo() throws Exception {
        upstream = part(new RawUpstream((connection, _) -> connection.write("hi")));
        int dead = unusedPort();
        service = TcpRig.service(new ServiceConfigs.Knobs(), null, dead, upstream.port());
        near = part(new TcpRig.Builder(service).start());
        boolean retried = false;
        for (int i = 0; i < 20 && !retried; i++) {
            int before = near.finished.size();
            try (RawClient client = new RawClient(near.port())) {
                client.socket().shutdownOutput();
                assertThat(text(client.in())).isEqualTo("hi");
            }
            await().until(() -> near.finished.size() > before);
            retried = near.flow().attempts().size() == 2;
        }
        assertThat(retried).isTrue();
        assertThat(near.flow().attempts().getFirst().failure())
                .isInstanceOf(Failure.ConnectFailed.class);
        assertThat(near.flow().attempts().getLast().failure()).isNull();
        assertThat(near.flow().failure()).isNull();
    }

    @Test
    void resetsTheClientWhenNobodyCanBeConnectedTo() throws Exception {
        service = TcpRig.service(new ServiceConfigs.Knobs(), null, unusedPort());
        near = part(new TcpRig.Builder(service).start());
        RawClient client = part(new RawClient(near.port()));
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        assertThat(near.flow().failure()).isInstanceOf(Failure.ConnectFailed.class);
        assertThat(near.flow().attempts()).hasSize(1);
    }

    @Test
    void theBreakerCountsConnectionsThatAreNotMade() throws Exception {
        ServiceConfigs.Knobs knobs = new ServiceConfigs.Knobs().breaker(BreakerConfig.DEFAULTS);
        service = TcpRig.service(knobs, null, unusedPort());
        java.util.Objects.requireNonNull(service.breaker()).forceOpen();
        near = part(new TcpRig.Builder(service).start());
        RawClient client = part(new RawClient(near.port()));
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        assertThat(near.flow().failure()).isInstanceOf(Failure.CircuitOpen.class);
    }

    @Test
    void cutsAConnectionInWhichNobodySpeaks() throws Exception {
        FakeTicker ticker = new FakeTicker();
        upstream = part(new RawUpstream((connection, _) -> connection.untilClosed()));
        service = TcpRig.service(new ServiceConfigs.Knobs(), null, upstream.port());
        near =
                part(
                        new TcpRig.Builder(service)
                                .ticker(ticker)
                                .config(
                                        new TcpConfig(
                                                Duration.ofMillis(200),
                                                Duration.ofSeconds(5),
                                                64 * 1024))
                                .start());
        RawClient client = part(new RawClient(near.port()));
        client.send("x");
        await().until(() -> near.received.get() == 1 && near.connectedOnce());
        ticker.advance(Duration.ofMillis(201));
        assertThatThrownBy(() -> client.in().read()).hasMessageContaining("reset");
        assertThat(near.flow().failure())
                .isInstanceOfSatisfying(
                        Failure.TimedOut.class,
                        it -> assertThat(it.phase()).isEqualTo(Failure.TimedOut.Phase.IDLE));
    }

    @Test
    void aClientThatLeavesWhileWeConnectIsNoFailureOfTheMember() throws Exception {
        // A listener whose queue is full leaves connections waiting.
        try (ServerSocket full =
                new ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
            List<java.net.Socket> queued = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                java.net.Socket socket = new java.net.Socket();
                queued.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 300);
                } catch (IOException e) {
                    break;
                }
            }
            service = TcpRig.service(new ServiceConfigs.Knobs(), null, full.getLocalPort());
            near = part(new TcpRig.Builder(service).start());
            try (RawClient client = new RawClient(near.port())) {
                await().until(() -> near.opened.size() == 1);
                client.reset();
            }
            assertThat(near.flow().failure()).isInstanceOf(Failure.ClientGone.class);
            assertThat(service.outliers().ejected()).isZero();
            for (java.net.Socket each : queued) {
                each.close();
            }
        }
    }

    static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Whether a number has stopped to move. */
    private static final class Unchanged {
        private final java.util.function.LongSupplier number;
        private long last = -1;

        Unchanged(java.util.function.LongSupplier number) {
            this.number = number;
        }

        boolean holds() {
            long now = number.getAsLong();
            boolean same = now == last;
            last = now;
            return same;
        }
    }
}
