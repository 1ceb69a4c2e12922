package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams and clients that go away at every step, politely or with a reset. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class KillThePeerIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";

    private final CountDownLatch headSeen = new CountDownLatch(1);
    private RawUpstream upstream;
    private ProxyRig rig;
    private RawClient client;

    private void start(ServiceConfigs.Knobs knobs, RawUpstream.Script script) throws IOException {
        upstream = new RawUpstream(script);
        rig = new ProxyRig(knobs, upstream);
        client = new RawClient(rig.port());
    }

    @AfterEach
    void stop() throws IOException {
        rig.awaitRest();
        client.close();
        rig.close();
        upstream.close();
    }

    /** How far the upstream gets before it dies. */
    enum Death {
        AT_ACCEPT("", false),
        AFTER_HEAD("", true),
        IN_STATUS_LINE("HTTP/1.1 2", true),
        IN_HEAD("HTTP/1.1 200 OK\r\nX: ", true),
        IN_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true),
        IN_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", true),
        AFTER_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true),
        IN_TRAILERS(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: ", true);

        private final String answer;
        private final boolean reads;

        Death(String answer, boolean reads) {
            this.answer = answer;
            this.reads = reads;
        }

        boolean answered() {
            return ordinal() >= IN_LENGTH.ordinal();
        }

        void die(RawUpstream.Connection connection, boolean reset) throws IOException {
            if (reads) {
                connection.head();
            }
            connection.write(answer);
            if (reset) {
                connection.reset();
            }
        }
    }

    private RawUpstream.Script dyingOnce(Death death, boolean reset) {
        return (connection, number) -> {
            if (number == 1) {
                if (reset && death.answered()) {
                    // A reset may overtake what was written before it.
                    connection.head();
                    connection.write(death.answer);
                    headSeen.await();
                    connection.reset();
                } else {
                    death.die(connection, reset);
                }
            } else {
                connection.serve(RawUpstream.OK);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void outlivesUpstreamThatCloses(Death death) throws IOException {
        start(new ServiceConfigs.Knobs(), dyingOnce(death, false));
        getThroughOrBreakOff(death);
    }

    @ParameterizedTest
    @EnumSource
    void outlivesUpstreamThatResets(Death death) throws IOException {
        start(new ServiceConfigs.Knobs(), dyingOnce(death, true));
        getThroughOrBreakOff(death);
    }

    private void getThroughOrBreakOff(Death death) throws IOException {
        client.send(GET);
        if (death.answered()) {
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            headSeen.countDown();
            assertThat(client.rest()).endsWith("<reset>");
            assertThat(rig.exchange().failure()).isInstanceOf(Failure.UpstreamReset.class);
        } else {
            assertThat(client.answer().body()).isEqualTo("ok");
            assertThat(upstream.connections).hasValue(2);
            await().until(() -> rig.exchange().attempts().size() == 2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_HEAD", "IN_STATUS_LINE", "IN_HEAD"})
    void neverSendsPostTwice(Death death) throws IOException {
        start(new ServiceConfigs.Knobs(), dyingOnce(death, false));
        client.send(POST);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("\"reason\":\"upstream-reset\"");
        assertThat(upstream.connections).hasValue(1);
        assertThat(rig.retriesSkipped).containsExactly("not-idempotent");
    }

    @Test
    void repeatsPostWithIdempotencyKey() throws IOException {
        start(new ServiceConfigs.Knobs(), dyingOnce(Death.AFTER_HEAD, false));
        client.send(POST.replace("Host", "Idempotency-Key: 1\r\nHost"));
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(upstream.bodies).containsExactly("abcd");
    }

    @Test
    void answers502ToUpstreamThatSpeaksNoHttp() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write("SSH-2.0-OpenSSH_9.9\r\n\r\n");
                });
        client.send(GET);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.has("Proxy-Status: outrider; error=http_protocol_error")).isTrue();
    }

    @Test
    void closesConnectionWhoseResponseIsLongerThanItSays() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(RawUpstream.OK + "HTTP/1.1 200 OK\r\n\r\nforged");
                    connection.untilClosed();
                });
        for (int i = 0; i < 5; i++) {
            client.send(GET);
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        assertThat(upstream.connections).hasValue(5);
    }

    // ---- the keep-alive race

    /** The peer closes each connection with the second request already on its way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void losesNoGetToIdleConnectionThatCloses(boolean reset) throws IOException {
        start(
                new ServiceConfigs.Knobs().retry(RetryConfig.NONE),
                (connection, _) -> {
                    connection.request();
                    connection.write(RawUpstream.OK);
                    connection.in().read();
                    if (reset) {
                        connection.reset();
                    }
                });
        for (int i = 0; i < 50; i++) {
            client.send(GET);
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        assertThat(Objects.requireNonNull(rig.service.breaker()).counts().failed()).isZero();
    }

    @Test
    void sendsPostOnlyOnceOverIdleConnectionThatCloses() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(RawUpstream.OK);
                    connection.head();
                });
        client.send(GET);
        assertThat(client.answer().body()).isEqualTo("ok");
        client.send(POST);
        assertThat(client.answer().status()).isEqualTo(502);
        assertThat(upstream.heads).filteredOn(it -> it.startsWith("POST")).hasSize(1);
        assertThat(upstream.connections).hasValue(1);
    }

    @Test
    void countsConnectionsThatRetireWhileIdle() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write(RawUpstream.OK);
                });
        for (int i = 0; i < 20; i++) {
            client.send(GET);
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        await().until(() -> rig.service.openConnections() == 0);
        assertThat(rig.service.idleConnections()).isZero();
    }

    @Test
    void countsConnectionsThatTheServiceCloses() throws IOException {
        start(new ServiceConfigs.Knobs(), (connection, _) -> connection.serve(RawUpstream.OK));
        client.send(GET);
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(rig.service.openConnections()).isEqualTo(1);
        rig.service.close();
        await().until(() -> rig.service.openConnections() == 0);
        assertThat(rig.service.idleConnections()).isZero();
        await().until(() -> upstream.open.get() == 0);
    }

    // ---- the client goes

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void letsGoOfUpstreamWhenTheClientLeavesBeforeTheResponse(boolean reset) throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.head();
                    connection.untilClosed();
                });
        client.send(GET);
        await().until(() -> upstream.heads.size() == 1);
        leave(reset);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void letsGoOfUpstreamWhenTheClientLeavesWithinItsBody(boolean reset) throws IOException {
        start(new ServiceConfigs.Knobs(), (connection, _) -> connection.request());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\nabcd");
        await().until(() -> upstream.bytes.get() > 0 && upstream.heads.size() == 1);
        leave(reset);
        assertThat(upstream.bodies).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void letsGoOfUpstreamWhenTheClientLeavesWithinTheResponse(boolean reset) throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                    connection.untilClosed();
                });
        client.send(GET);
        client.head();
        leave(reset);
    }

    @Test
    void letsGoOfEndlessResponseWhenTheClientLeaves() throws IOException {
        byte[] piece = new byte[64 * 1024];
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write("HTTP/1.1 200 OK\r\n\r\n");
                    while (true) {
                        connection.write(piece);
                    }
                });
        client.send(GET);
        client.head();
        leave(true);
    }

    private void leave(boolean reset) throws IOException {
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
        await().until(() -> upstream.open.get() == 0);
        assertThat(rig.exchange().failure()).isInstanceOf(Failure.ClientGone.class);
        assertThat(rig.finished).hasSize(1);
        assertThat(Objects.requireNonNull(rig.service.breaker()).counts().failed()).isZero();
    }

    // ---- early responses

    @Test
    void passesEarlyResponseOnWhileTheBodyIsComing() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.head();
                    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 3; i++) {
                        int c = connection.in().read();
                        connection.write("1\r\n" + (char) c + "\r\n");
                    }
                    connection.write("0\r\n\r\n");
                });
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        for (String piece : new String[] {"a", "b", "c"}) {
            client.send(piece);
            assertThat(new String(client.in().readNBytes(6), StandardCharsets.US_ASCII))
                    .isEqualTo("1\r\n" + piece + "\r\n");
        }
        assertThat(new String(client.in().readNBytes(5), StandardCharsets.US_ASCII))
                .isEqualTo("0\r\n\r\n");
    }

    @Test
    void stopsClientThatSendsOnAndOnAfterItsResponse() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, _) -> {
                    connection.head();
                    connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                    connection.untilClosed();
                });
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(413);
        byte[] piece = new byte[1 << 20];
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100_000; i++) {
                                client.send(piece);
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void tellsEachAttemptAndItsOutcome() throws IOException {
        start(
                new ServiceConfigs.Knobs(),
                (connection, number) -> {
                    if (number < 3) {
                        connection.request();
                        connection.write("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy");
                        connection.untilClosed();
                    } else {
                        connection.serve(RawUpstream.OK);
                    }
                });
        client.send(GET);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(rig.exchange().attempts())
                .extracting(AttemptResult::status)
                .containsExactlyElementsOf(Arrays.asList(503, 503, 200));
        assertThat(rig.exchange().failure()).isNull();
    }

    @Test
    void noticesThatThePeerIsGoneBeforeAnyRequest() throws IOException {
        start(new ServiceConfigs.Knobs(), (connection, _) -> connection.serve(RawUpstream.OK));
        client.send("GET / HT");
        client.socket().shutdownOutput();
        assertThatThrownBy(client::head).isInstanceOf(EOFException.class);
        assertThat(rig.finished).isEmpty();
    }
}
