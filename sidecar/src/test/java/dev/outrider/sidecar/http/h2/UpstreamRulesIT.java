package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against an upstream that is made of bytes. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class UpstreamRulesIT {
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int REFUSED_STREAM = 7;

    private ServerSocket listener;
    private ClientRig client;
    private RawH2 upstream;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private void start(H2Limits limits, int... settings) throws Exception {
        client = new ClientRig(listener.getLocalPort(), limits);
        upstream = RawH2.server(listener.accept(), settings);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        upstream.close();
        listener.close();
    }

    private static RequestHead get() {
        return ClientRig.head("GET", "/", BodyLength.NONE, null);
    }

    private void answer(int id) throws IOException {
        upstream.frame(
                RawH2.HEADERS,
                RawH2.END_HEADERS | RawH2.END_STREAM,
                id,
                RawH2.block(":status", "200"));
        upstream.flush();
    }

    private void goAway(int last) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.writeBytes(RawH2.number(last));
        payload.writeBytes(RawH2.number(0));
        upstream.frame(RawH2.GOAWAY, 0, 0, payload.toByteArray());
        upstream.flush();
    }

    @Test
    void streamsAboveTheGoawayWereNotProcessedAndOthersFinish() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder first = client.send(get(), true);
        Recorder second = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        upstream.await(RawH2.HEADERS);
        goAway(id);
        await().until(() -> second.done);
        assertThat(second.failed()).isEqualTo(Kind.REFUSED);
        assertThat(second.sent).isFalse();
        assertThat(client.capacity()).isZero();
        assertThat(client.closed).hasValue(0);
        answer(id);
        await().until(() -> first.done);
        assertThat(first.status()).isEqualTo(200);
        await().until(() -> client.closed.get() == 1);
    }

    @Test
    void aHeadThatComesAloneIsPassedOnBeforeItsBody() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder call = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        upstream.frame(RawH2.HEADERS, RawH2.END_HEADERS, id, RawH2.block(":status", "200"));
        upstream.flush();
        await().until(() -> call.flushed);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.done).isFalse();
    }

    @Test
    void aRefusedStreamCountsAsUnsentAndAnyOtherResetDoesNot() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder refused = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        upstream.frame(RawH2.RST, 0, id, RawH2.number(REFUSED_STREAM));
        upstream.flush();
        await().until(() -> refused.done);
        assertThat(refused.failed()).isEqualTo(Kind.REFUSED);
        assertThat(refused.sent).isFalse();
        Recorder reset = client.send(get(), true);
        id = upstream.await(RawH2.HEADERS).id();
        upstream.frame(RawH2.RST, 0, id, RawH2.number(11));
        upstream.flush();
        await().until(() -> reset.done);
        assertThat(reset.failed()).isEqualTo(Kind.RESET);
        assertThat(String.valueOf(reset.error())).contains("ENHANCE_YOUR_CALM");
        assertThat(reset.sent).isTrue();
        assertThat(client.capacity()).isEqualTo(100);
    }

    @Test
    void whatTheUpstreamDoesNotAllowYetIsHeldBack() throws Exception {
        start(H2Limits.DEFAULTS, MAX_CONCURRENT_STREAMS, 1);
        await().until(() -> client.capacity() == 1);
        Recorder first = client.send(get(), true);
        Recorder second = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        assertThat(second.done).isFalse();
        answer(id);
        int next = upstream.await(RawH2.HEADERS).id();
        answer(next);
        await().until(() -> first.done && second.done);
        assertThat(second.status()).isEqualTo(200);
    }

    @Test
    void anUpstreamThatIsGoneFailsItsStreams() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder lost = client.send(get(), true);
        upstream.await(RawH2.HEADERS);
        upstream.close();
        await().until(() -> lost.done);
        assertThat(lost.failed()).isIn(Kind.CLOSED, Kind.RESET);
        assertThat(lost.sent).isTrue();
        await().until(() -> client.closed.get() == 1);
    }

    @Test
    void anUpstreamThatAnswersNoPingIsGivenUp() throws Exception {
        H2Limits d = H2Limits.DEFAULTS;
        Duration soon = Duration.ofMillis(100);
        start(
                new H2Limits(
                        d.streams(),
                        d.streamWindow(),
                        d.connectionWindow(),
                        d.headerTable(),
                        d.head(),
                        d.fields(),
                        d.body(),
                        d.headTimeout(),
                        d.bodyTimeout(),
                        d.streamIdle(),
                        d.keepAlive(),
                        soon,
                        soon,
                        d.maxAge(),
                        d.drainGrace(),
                        d.floods()));
        Recorder silent = client.send(get(), true);
        await().until(() -> silent.done);
        assertThat(silent.failed()).isEqualTo(Kind.TIMED_OUT);
        upstream.await(RawH2.PING);
    }

    @Test
    void anExtendedConnectThatTheUpstreamDoesNotTakeIsRefused() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder tunnel =
                client.send(ClientRig.head("GET", "/", BodyLength.UNKNOWN, "websocket"), false);
        await().until(() -> tunnel.done);
        assertThat(tunnel.failed()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(tunnel.sent).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "101", "9999", "2x0"})
    void aStatusThatIsNoneResetsTheStream(String status) throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder broken = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        upstream.frame(RawH2.HEADERS, RawH2.END_HEADERS, id, RawH2.block(":status", status));
        upstream.flush();
        await().until(() -> broken.done);
        assertThat(broken.failed()).isEqualTo(Kind.PROTOCOL);
        assertThat(upstream.await(RawH2.RST).id()).isEqualTo(id);
    }

    @Test
    void aResponseNobodyReadsStopsAtItsWindow() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder paused = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        paused.pauseReading();
        upstream.frame(RawH2.HEADERS, RawH2.END_HEADERS, id, RawH2.block(":status", "200"));
        for (int i = 0; i < 3; i++) {
            upstream.frame(RawH2.DATA, 0, id, new byte[16_384]);
        }
        upstream.frame(RawH2.DATA, RawH2.END_STREAM, id, new byte[16_383]);
        upstream.flush();
        await().until(() -> paused.status() == 200);
        Recorder other = client.send(get(), true);
        answer(upstream.await(RawH2.HEADERS).id());
        await().until(() -> other.done);
        assertThat(paused.received).hasValue(0);
        paused.resumeReading();
        await().until(() -> paused.done);
        assertThat(paused.received).hasValue(65_535);
        assertThat(paused.error()).isNull();
    }

    @Test
    void aCancelResetsTheStreamOnly() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder cancelled = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        cancelled.cancel();
        assertThat(upstream.await(RawH2.RST).number(0)).isEqualTo(8);
        answer(id);
        Recorder next = client.send(get(), true);
        answer(upstream.await(RawH2.HEADERS).id());
        await().until(() -> next.done);
        assertThat(next.status()).isEqualTo(200);
        assertThat(cancelled.done).isFalse();
    }

    @Test
    void anUploadIsNotWritableBeyondItsBound() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder upload = client.send(ClientRig.head("PUT", "/", BodyLength.UNKNOWN, null), false);
        String chunk = "x".repeat(8_192);
        int chunks = 0;
        while (client.call(() -> upload.stream().writable())) {
            upload.data(chunk);
            chunks++;
        }
        assertThat(chunks).isLessThanOrEqualTo((65_535 + Wire.MOST_PENDING) / 8_192 + 1);
        assertThat(upload.writable).isFalse();
        int id = upstream.await(RawH2.DATA).id();
        upstream.frame(RawH2.WINDOW_UPDATE, 0, id, RawH2.number(1 << 20));
        upstream.frame(RawH2.WINDOW_UPDATE, 0, 0, RawH2.number(1 << 20));
        upstream.flush();
        await().until(() -> upload.writable);
        upload.cancel();
    }

    /** It would end it, with all that others have open there, after some more. */
    @Test
    void aConnectionIsLeftBeforeTheServerMindsItsResets() throws Exception {
        start(H2Limits.DEFAULTS);
        Recorder other = client.send(get(), true);
        int id = upstream.await(RawH2.HEADERS).id();
        for (int i = 1; i < 64; i++) {
            client.send(get(), true).cancel();
        }
        assertThat(client.capacity()).isPositive();
        client.send(get(), true).cancel();
        assertThat(client.capacity()).isZero();
        assertThat(client.closed).hasValue(0);
        answer(id);
        await().until(() -> other.done);
        assertThat(other.status()).isEqualTo(200);
        await().until(() -> client.closed.get() == 1);
    }

    @Test
    void aServerThatAllowsManyStreamsGetsNoMoreThanOurWindowHasRoomFor() throws Exception {
        start(H2Limits.DEFAULTS, MAX_CONCURRENT_STREAMS, 1000);
        Recorder call = client.send(get(), true);
        answer(upstream.await(RawH2.HEADERS).id());
        await().until(() -> call.done);
        assertThat(client.capacity()).isEqualTo(H2Limits.DEFAULTS.streams());
    }
}
