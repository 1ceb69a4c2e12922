package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that become something else, through a whole proxy with raw sockets at both ends. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class UpgradeIT {
    private static final String ASK =
            """
            GET /chat HTTP/1.1\r
            Host: upstream\r
            Connection: keep-alive, Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private RawUpstream upstream;
    private ProxyRig rig;
    private RawClient client;

    @AfterEach
    void stop() throws IOException {
        client.close();
        rig.close();
        upstream.close();
    }

    private void start(ServiceConfigs.Knobs knobs, RawUpstream.Script script) throws IOException {
        upstream = new RawUpstream(script);
        rig = new ProxyRig(knobs, upstream);
        client = new RawClient(rig.port());
    }

    @Test
    void carriesBytesBothWaysUntilTheUpstreamEnds() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    String head = connection.head();
                    assertThat(head).contains("Upgrade: websocket").contains("Connection: Upgrade");
                    connection.write(SWITCH + "hello");
                    connection.write(connection.read(4).toUpperCase(java.util.Locale.ROOT));
                });
        client.send(ASK);
        assertThat(client.head())
                .startsWith("HTTP/1.1 101 ")
                .contains("Upgrade: websocket")
                .contains("Connection: Upgrade")
                .doesNotContain("Transfer-Encoding")
                .doesNotContain("Content-Length");
        client.send("abcd");
        assertThat(client.rest()).isEqualTo("helloABCD");
        rig.awaitRest();
        assertThat(rig.exchange().status()).isEqualTo(101);
        assertThat(rig.exchange().failure()).isNull();
    }

    @Test
    void holdsBackWhatComesBeforeTheSwitch() throws IOException {
        CountDownLatch looked = new CountDownLatch(1);
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    assertThat(connection.silent()).isTrue();
                    looked.countDown();
                    connection.write(SWITCH);
                    connection.write(connection.read(5));
                });
        client.send(ASK + "early");
        await().until(() -> looked.getCount() == 0);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.rest()).isEqualTo("early");
    }

    @Test
    void isAnOrdinaryExchangeWhenTheUpstreamDoesNotSwitch() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    for (int i = 0; i < 2; i++) {
                        connection.request();
                        connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                    }
                });
        client.send(ASK + ASK);
        assertThat(client.answer().body()).isEqualTo("no");
        assertThat(client.answer().body()).isEqualTo("no");
        assertThat(upstream.connections).hasValue(1);
    }

    @Test
    void passesOnTheClientsEndAndWaitsForTheAnswer() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(SWITCH);
                    connection.write("got " + connection.rest());
                });
        client.send(ASK);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        client.send("all");
        client.socket().shutdownOutput();
        assertThat(client.rest()).isEqualTo("got all");
        rig.awaitRest();
    }

    @Test
    void outlivesTheRequestsDeadline() throws IOException {
        CountDownLatch late = new CountDownLatch(1);
        start(
                new ServiceConfigs.Knobs().timeout(Duration.ofMillis(200)),
                (connection, _) -> {
                    connection.request();
                    connection.write(SWITCH);
                    awaitQuietly(late);
                    connection.write("late");
                });
        client.send(ASK);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        long since = System.nanoTime();
        await().until(() -> System.nanoTime() - since > 400_000_000L);
        late.countDown();
        assertThat(client.rest()).isEqualTo("late");
    }

    @Test
    void answers502ToSwitchThatNobodyAskedFor() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(SWITCH + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
        client.send("GET / HTTP/1.1\r\nHost: upstream\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(502);
    }

    @Test
    void neverPassesOnAnUpgradeToHttp2() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    assertThat(connection.request().toLowerCase(java.util.Locale.ROOT))
                            .doesNotContain("upgrade")
                            .doesNotContain("http2-settings");
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
        client.send(
                "GET / HTTP/1.1\r\nHost: upstream\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
        assertThat(client.answer().body()).isEqualTo("ok");
    }

    @Test
    void refusesConnect() throws IOException {
        start(new ServiceConfigs.Knobs(), (connection, _) -> connection.request());
        client.send("CONNECT upstream:443 HTTP/1.1\r\nHost: upstream:443\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(405);
        assertThat(upstream.connections).hasValue(0);
    }

    @Test
    void breaksOffWithTheClient() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(SWITCH);
                    assertThatThrownBy(connection::rest).isInstanceOf(IOException.class);
                    ended.countDown();
                });
        client.send(ASK);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        client.reset();
        await().until(() -> ended.getCount() == 0);
        rig.awaitRest();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        await().until(() -> latch.getCount() == 0);
    }

    @Test
    void survivesLargeTransfersBothWays() throws IOException {
        byte[] much = "0123456789abcdef".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(SWITCH);
                    connection.write(connection.rest());
                });
        client.send(ASK);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        client.send(much);
        client.socket().shutdownOutput();
        assertThat(client.rest()).hasSize(much.length);
    }

    /** An upstream of HTTP/2 whose settings say nothing of extended CONNECT (RFC 8441). */
    private static void http2WithoutTunnels(RawUpstream.Connection connection) throws IOException {
        assertThat(connection.head()).startsWith("PRI * HTTP/2.0");
        connection.write("\0\0\0\u0004\0\0\0\0\0");
        connection.untilClosed();
    }

    @Test
    void goesOverHttp1WhereTheUpstreamsHttp2TakesNoTunnels() throws IOException {
        start(
                new ServiceConfigs.Knobs().protocol(UpstreamProtocol.HTTP2),
                (connection, number) -> {
                    if (number == 1) {
                        http2WithoutTunnels(connection);
                    }
                    assertThat(connection.head()).startsWith("GET /chat HTTP/1.1");
                    connection.write(SWITCH + "hello");
                });
        client.send(ASK);
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.rest()).isEqualTo("hello");
        assertThat(rig.exchange().attempts()).hasSize(2);
        assertThat(failuresOfItsMember()).isZero();
    }

    @Test
    void holdsNothingAgainstAnUpstreamThatTakesNoTunnelsAtAll() throws IOException {
        start(
                new ServiceConfigs.Knobs()
                        .protocol(UpstreamProtocol.HTTP2)
                        .retry(dev.outrider.sidecar.resilience.RetryConfig.NONE),
                (connection, number) -> {
                    if (number == 1) {
                        http2WithoutTunnels(connection);
                    }
                    connection.head();
                    connection.reset();
                });
        client.send(ASK);
        assertThat(client.answer().status()).isGreaterThanOrEqualTo(500);
        assertThat(rig.exchange().attempts()).hasSize(2);
        assertThat(failuresOfItsMember()).isZero();
    }

    private int failuresOfItsMember() {
        return rig.service.members().all().getFirst().failuresInARow();
    }
}
