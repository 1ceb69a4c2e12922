package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.BudgetConfig;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.resilience.FaultConfig;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timeouts, retries, breaker, bulkhead and faults, as a client and an upstream see them. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class GuardsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final BreakerConfig EASY_BREAKER =
            new BreakerConfig(
                    true, 0.5, Duration.ofSeconds(60), 4, 0, Duration.ofSeconds(60), null, 1);
    private static final RawUpstream.Script SILENT =
            (connection, _) -> {
                connection.head();
                connection.untilClosed();
            };

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
        client.close();
        rig.awaitRest();
        rig.close();
        upstream.close();
    }

    private static ServiceConfigs.Knobs knobs() {
        return new ServiceConfigs.Knobs();
    }

    private static RetryConfig retry(int attempts, BudgetConfig budget) {
        RetryConfig base = RetryConfig.DEFAULTS;
        return new RetryConfig(
                attempts,
                null,
                base.backoff(),
                base.on(),
                base.statuses(),
                base.grpcStatuses(),
                base.grpcHold(),
                base.idempotencyKeyHeader(),
                budget);
    }

    private void expect(int status, String reason) throws IOException {
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).contains("\"reason\":\"" + reason + '"');
    }

    // ---- time

    @Test
    void givesTheAttemptUpAfterPerTryAndTriesAgain() throws IOException {
        start(
                knobs().perTry(Duration.ofMillis(300)),
                (connection, number) -> {
                    if (number == 1) {
                        SILENT.run(connection, number);
                    }
                    connection.serve(RawUpstream.OK);
                });
        client.send(GET);
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(rig.exchange().attempts().getFirst().failure())
                .isInstanceOfSatisfying(
                        Failure.TimedOut.class,
                        it -> assertThat(it.phase()).isEqualTo(Failure.TimedOut.Phase.PER_TRY));
        await().until(() -> upstream.open.get() == 1);
    }

    @Test
    void givesTheRequestUpAtItsDeadline() throws IOException {
        start(knobs().timeout(Duration.ofMillis(300)), SILENT);
        client.send(GET);
        assertThat(client.answer().status()).isEqualTo(504);
        await().until(() -> upstream.open.get() == 0);
        assertThat(upstream.connections).hasValue(1);
    }

    @Test
    void breaksTheResponseOffAtTheDeadline() throws IOException {
        start(
                knobs().timeout(Duration.ofMillis(500)),
                (connection, _) -> {
                    connection.request();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                    connection.untilClosed();
                });
        client.send(GET);
        client.head();
        assertThat(client.rest()).endsWith("<reset>");
        await().until(() -> upstream.open.get() == 0);
    }

    @Test
    void givesUpOnSilence() throws IOException {
        start(knobs().retry(RetryConfig.NONE).idle(Duration.ofMillis(300)), SILENT);
        client.send(GET);
        assertThat(client.answer().status()).isEqualTo(504);
        await().until(() -> upstream.open.get() == 0);
    }

    @Test
    void takesAnUploadForNoSilence() throws Exception {
        start(
                knobs().retry(RetryConfig.NONE).idle(Duration.ofMillis(600)),
                (connection, _) -> connection.serve(RawUpstream.OK));
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n");
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 30; i++) {
            never.await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
            client.send("x");
        }
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void handsOnLessTimeThanItGot() throws IOException {
        start(knobs(), (connection, _) -> connection.serve(RawUpstream.OK));
        client.send("GET / HTTP/1.1\r\nHost: a\r\nOutrider-Timeout-Ms: 5000\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        String head = upstream.heads.getFirst().toLowerCase(java.util.Locale.ROOT);
        int at = head.indexOf("outrider-timeout-ms: ") + 21;
        assertThat(Integer.parseInt(head.substring(at, head.indexOf('\r', at)))).isBetween(1, 4999);
        assertThat(head.indexOf("outrider-timeout-ms", at)).isNegative();
    }

    @Test
    void refusesWorkThatComesTooLate() throws IOException {
        start(knobs(), (connection, _) -> connection.serve(RawUpstream.OK));
        client.send("GET / HTTP/1.1\r\nHost: a\r\nOutrider-Timeout-Ms: 0\r\n\r\n");
        expect(504, "deadline-passed");
        assertThat(upstream.connections).hasValue(0);
    }

    // ---- retries

    @ParameterizedTest
    @ValueSource(ints = {1, 4000, 65_535, 65_536})
    void replaysBodyOfUpTo64KiB(int size) throws IOException {
        start(
                knobs(),
                (connection, number) -> {
                    connection.request();
                    connection.write(
                            number == 1
                                    ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
                                    : RawUpstream.OK);
                });
        String body = random(size);
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + body);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(upstream.bodies).hasSize(2).containsOnly(body);
    }

    @Test
    void replaysChunkedBodyOfManyPiecesWithItsTrailers() throws IOException {
        start(
                knobs(),
                (connection, number) -> {
                    connection.request();
                    connection.write(
                            number == 1
                                    ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
                                    : RawUpstream.OK);
                });
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        String body = random(3000);
        for (char c : body.toCharArray()) {
            client.send("1\r\n" + c + "\r\n");
        }
        client.send("0\r\nX-T: t\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(upstream.bodies).hasSize(2).containsOnly(body + "|X-T: t");
    }

    @Test
    void skipsTheRetryOfLargerBody() throws IOException {
        start(
                knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy");
                });
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n" + random(65_537));
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("busy");
        assertThat(rig.retriesSkipped).containsExactly("body-too-large");
    }

    @Test
    void retriesLargeBodyWhenNobodyListened() throws IOException {
        RawUpstream dead = new RawUpstream((_, _) -> {});
        dead.close();
        upstream = RawUpstream.answering(RawUpstream.OK);
        rig = new ProxyRig(knobs(), dead, upstream);
        for (int i = 0; i < 5; i++) {
            client = new RawClient(rig.port());
            String body = random(300_000);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + body);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(upstream.bodies.getLast()).isEqualTo(body);
            client.close();
        }
    }

    @Test
    void replaysLargeAndSmallPiecesInOrder() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        start(
                knobs(),
                (connection, number) -> {
                    if (number == 1) {
                        connection.head();
                        connection.in().readNBytes(20_000);
                        failed.countDown();
                        connection.reset();
                    }
                    connection.serve(RawUpstream.OK);
                });
        String body = random(40_000);
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n");
        int at = 0;
        for (int size = 1; at < 20_000; size = size * 3 % 4001) {
            client.send(body.substring(at, Math.min(40_000, at + size)));
            at += size;
        }
        failed.await();
        for (; at < 40_000; at += 7) {
            client.send(body.substring(at, Math.min(40_000, at + 7)));
        }
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(upstream.bodies).containsExactly(body);
    }

    @Test
    void prefersAnotherEndpoint() throws IOException {
        upstream = RawUpstream.answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        try (RawUpstream other = RawUpstream.answering(RawUpstream.OK)) {
            rig = new ProxyRig(knobs().retry(retry(1, BudgetConfig.DEFAULTS)), upstream, other);
            client = new RawClient(rig.port());
            for (int i = 0; i < 20; i++) {
                client.send(GET);
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void stopsRetryingWhenTheBudgetIsSpent() throws IOException {
        start(
                knobs().retry(retry(1, new BudgetConfig(0.0, 1, Duration.ofSeconds(10))))
                        .breaker(
                                new BreakerConfig(
                                        false,
                                        0.5,
                                        Duration.ofSeconds(10),
                                        20,
                                        0,
                                        Duration.ofSeconds(5),
                                        null,
                                        3)),
                (connection, _) ->
                        connection.serve("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
        for (int i = 0; i < 60; i++) {
            client.send(GET);
            assertThat(client.answer().status()).isEqualTo(503);
        }
        assertThat(rig.retriesSkipped).contains("budget");
        assertThat(upstream.heads.size()).isLessThan(100);
    }

    @Test
    void waitsAsLongAsRetryAfterSaysOrNotAtAll() throws IOException {
        start(
                knobs(),
                (connection, _) ->
                        connection.serve(
                                "HTTP/1.1 503 No\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"));
        client.send(GET);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.has("Retry-After: 30")).isTrue();
        assertThat(rig.retriesSkipped).containsExactly("retry-after-too-long");
        assertThat(upstream.heads).hasSize(1);
    }

    // ---- breaker

    private void openBreaker() throws IOException {
        for (int i = 0; i < 4; i++) {
            client.send(GET);
            assertThat(client.answer().status()).isEqualTo(500);
        }
        assertThat(Objects.requireNonNull(rig.service.breaker()).state())
                .isInstanceOf(BreakerState.Open.class);
    }

    @Test
    void refusesCallsWhileTheBreakerIsOpen() throws IOException {
        start(
                knobs().breaker(EASY_BREAKER),
                (connection, _) ->
                        connection.serve("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
        openBreaker();
        client.send(GET);
        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("\"reason\":\"circuit-open\"");
        assertThat(answer.has("Retry-After: ")).isTrue();
        assertThat(upstream.heads).hasSize(4);
    }

    @Test
    void answersWithTheFallbackWhileTheBreakerIsOpen() throws IOException {
        start(
                knobs().breaker(EASY_BREAKER)
                        .fallback(new FallbackConfig(200, "text/plain", "later")),
                (connection, _) ->
                        connection.serve("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
        openBreaker();
        client.send(GET);
        assertThat(client.answer().body()).isEqualTo("later");
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.headOnly().has("Content-Length: 5")).isTrue();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(client.answer().body()).isEqualTo("later");
        assertThat(upstream.heads).hasSize(4);
    }

    @Test
    void freesTheProbeWhenItsClientLeaves() throws IOException {
        BreakerConfig quick =
                new BreakerConfig(
                        true, 0.5, Duration.ofSeconds(60), 4, 0, Duration.ofMillis(50), null, 1);
        start(
                knobs().breaker(quick).retry(RetryConfig.NONE),
                (connection, number) -> {
                    if (number <= 4) {
                        connection.request();
                        connection.write(
                                "HTTP/1.1 500 No\r\nConnection: close\r\n"
                                        + "Content-Length: 0\r\n\r\n");
                    } else if (number == 5) {
                        SILENT.run(connection, number);
                    } else {
                        connection.serve(RawUpstream.OK);
                    }
                });
        openBreaker();
        await().until(() -> {
            try (RawClient probe = new RawClient(rig.port())) {
                probe.send(GET);
                await().until(() -> upstream.connections.get() == 5 || probe.in().available() > 0);
            }
            return upstream.connections.get() == 5;
        });
        rig.awaitRest();
        client.send(GET);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(Objects.requireNonNull(rig.service.breaker()).state())
                .isInstanceOf(BreakerState.Closed.class);
    }

    // ---- bulkhead

    @Test
    void refusesWhatExceedsTheBulkhead() throws IOException {
        start(knobs().bulkhead(new BulkheadConfig(1, 0, Duration.ofSeconds(1))), SILENT);
        client.send(GET);
        await().until(() -> upstream.heads.size() == 1);
        try (RawClient second = new RawClient(rig.port())) {
            second.send(GET);
            RawClient.Answer answer = second.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("bulkhead-full");
        }
    }

    @Test
    void letsQueuedCallInWhenAPlaceComesFree() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        start(
                knobs().bulkhead(new BulkheadConfig(1, 2, Duration.ofSeconds(20))),
                (connection, _) -> {
                    connection.request();
                    go.await();
                    connection.write(RawUpstream.OK);
                    connection.serve(RawUpstream.OK);
                });
        client.send(GET);
        await().until(() -> upstream.heads.size() == 1);
        try (RawClient second = new RawClient(rig.port())) {
            second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            await().until(() -> rig.service.bulkhead().waiting() == 1);
            try (RawClient third = new RawClient(rig.port())) {
                third.send(GET);
                await().until(() -> rig.service.bulkhead().waiting() == 2);
            }
            await().until(() -> rig.service.bulkhead().waiting() == 1);
            go.countDown();
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(second.answer().status()).isEqualTo(200);
        }
        assertThat(upstream.bodies.getLast()).isEqualTo("abc");
    }

    @Test
    void refusesQueuedCallAfterAWhile() throws IOException {
        start(knobs().bulkhead(new BulkheadConfig(1, 2, Duration.ofMillis(100))), SILENT);
        client.send(GET);
        await().until(() -> upstream.heads.size() == 1);
        try (RawClient second = new RawClient(rig.port())) {
            second.send(GET);
            RawClient.Answer answer = second.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.has("Retry-After")).isTrue();
        }
        assertThat(rig.service.bulkhead().waiting()).isZero();
    }

    // ---- faults

    @Test
    void injectsDelayAndAbort() throws IOException {
        start(
                knobs().fault(
                                new FaultConfig(
                                        new FaultConfig.DelayFault(Duration.ofMillis(100), 1),
                                        new FaultConfig.AbortFault(418, 1),
                                        Map.of("x-chaos", "*"))),
                (connection, _) -> connection.serve(RawUpstream.OK));
        long before = System.nanoTime();
        client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Chaos: 1\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(418);
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(100_000_000L);
        client.send(GET);
        assertThat(client.answer().status()).isEqualTo(200);
    }

    // ---- memory

    @Test
    void stopsFastClientOfSlowUpstream() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        start(
                knobs().retry(RetryConfig.NONE),
                (connection, _) -> {
                    connection.head();
                    go.await();
                    connection.in().skipNBytes(200_000_000);
                    connection.write(RawUpstream.OK);
                    connection.untilClosed();
                });
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\n");
        Progress sent = new Progress();
        FutureTask<Boolean> sending =
                new FutureTask<>(() -> {
                    byte[] piece = new byte[100_000];
                    for (int i = 0; i < 2000; i++) {
                        client.send(piece);
                        sent.bytes.addAndGet(piece.length);
                    }
                    return true;
                });
        Thread.ofVirtual().start(sending);
        assertThat(sent.whereItStops()).isLessThan(50_000_000);
        go.countDown();
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(sending.get()).isTrue();
    }

    @Test
    void stopsFastUpstreamOfSlowClient() throws Exception {
        Progress sent = new Progress();
        start(
                knobs(),
                (connection, _) -> {
                    connection.request();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
                    byte[] piece = new byte[100_000];
                    for (int i = 0; i < 2000; i++) {
                        connection.write(piece);
                        sent.bytes.addAndGet(piece.length);
                    }
                    connection.serve(RawUpstream.OK);
                });
        client.send(GET);
        client.head();
        assertThat(sent.whereItStops()).isLessThan(50_000_000);
        assertThat(client.in().skip(200_000_000)).isEqualTo(200_000_000);
        for (int i = 0; i < 2; i++) {
            client.send(GET);
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        assertThat(upstream.connections).hasValue(1);
    }

    /** How far a sender has come. */
    private static final class Progress {
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        final AtomicLong bytes = new AtomicLong();

        /** Waits until it stands still, which a sender that is stopped does for good. */
        long whereItStops() {
            long[] seen = {-1};
            await().pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        boolean still = bytes.get() > 0 && bytes.get() == seen[0];
                        seen[0] = bytes.get();
                        return still;
                    });
            return bytes.get();
        }
    }

    private static String random(int size) {
        StringBuilder text = new StringBuilder(size);
        new Random(size).ints(size, 'a', 'z' + 1).forEach(c -> text.append((char) c));
        return text.toString();
    }
}
