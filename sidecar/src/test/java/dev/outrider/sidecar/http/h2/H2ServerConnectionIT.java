package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server against a client that is made of bytes. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class H2ServerConnectionIT {
    private static final int PROTOCOL_ERROR = 1;
    private static final int CHUNK = 16 * 1024;

    private final HeldHandler handler = new HeldHandler();
    private ServerRig server;
    private RawH2 client;

    @BeforeEach
    void start() throws Exception {
        server = new ServerRig(handler, H2Limits.DEFAULTS);
        client = RawH2.client(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private HeldHandler.Held next() {
        await().until(() -> !handler.requests.isEmpty());
        return handler.requests.remove();
    }

    private void body(int id, int bytes) throws IOException {
        for (int sent = 0; sent < bytes; sent += CHUNK) {
            client.frame(RawH2.DATA, 0, id, new byte[Math.min(CHUNK, bytes - sent)]);
        }
        client.flush();
    }

    @Test
    void aBodyThatNobodyTakesGetsNoWindowAndOthersGoOn() throws Exception {
        client.request(1, false, "POST");
        HeldHandler.Held held = next();
        held.run(() -> {
            held.stream.pause();
            held.stream.receive(held);
        });
        body(1, 65_535);
        client.request(3, false, "POST");
        HeldHandler.Held other = next();
        other.run(() -> other.stream.receive(other));
        body(3, 48 * 1024);
        RawH2.Frame update;
        do {
            update = client.await(RawH2.WINDOW_UPDATE);
            assertThat(update.id()).isNotEqualTo(1);
        } while (update.id() != 3);
        assertThat(held.received.get()).isZero();
        held.run(held.stream::resume);
        while (client.await(RawH2.WINDOW_UPDATE).id() != 1) {}
        assertThat(held.received.get()).isEqualTo(65_535);
    }

    @Test
    void theConnectionsWindowSurvivesManyCancelledUploads() throws Exception {
        long credit = 65_535;
        for (int i = 0; i < 100; i++) {
            int id = 1 + 2 * i;
            while (credit < 2 * CHUNK) {
                RawH2.Frame update = client.await(RawH2.WINDOW_UPDATE);
                credit += update.id() == 0 ? update.number(0) : 0;
            }
            client.request(id, false, "POST");
            body(id, 2 * CHUNK);
            credit -= 2 * CHUNK;
            client.frame(RawH2.RST, 0, id, RawH2.number(8));
            client.flush();
            HeldHandler.Held held = next();
            await().until(() -> held.closed);
            assertThat(held.error).isNotNull();
        }
    }

    @Test
    void anAnswerBeforeTheBodysEndTellsTheClientToStop() throws Exception {
        client.request(1, false, "POST");
        HeldHandler.Held held = next();
        held.run(() -> held.stream.respond(new ResponseHead(403, new Headers(), 0), true));
        assertThat(client.await(RawH2.HEADERS).last()).isTrue();
        assertThat(client.await(RawH2.RST).number(0)).isZero();
        assertThat(held.closed).isTrue();
        assertThat(held.error).isNull();
        body(1, CHUNK);
        client.frame(RawH2.PING, 0, 0, new byte[8]);
        client.flush();
        RawH2.Frame after = client.next();
        while (after != null && after.type() == RawH2.WINDOW_UPDATE) {
            after = client.next();
        }
        assertThat(after).extracting(RawH2.Frame::type).isEqualTo(RawH2.PING);
    }

    @Test
    void aBodyOfAnotherLengthThanStatedResetsTheStream() throws Exception {
        client.request(1, false, "POST", "content-length", "5");
        HeldHandler.Held held = next();
        held.run(() -> held.stream.receive(held));
        client.frame(RawH2.DATA, RawH2.END_STREAM, 1, new byte[4]);
        client.flush();
        assertThat(client.await(RawH2.RST).number(0)).isEqualTo(PROTOCOL_ERROR);
        await().until(() -> held.closed);
        assertThat(held.error).extracting(StreamError::kind).isEqualTo(StreamError.Kind.PROTOCOL);
    }

    @Test
    void hugeHeadsAreAnswered() throws Exception {
        client.request(1, true, "GET", "x", "y".repeat(10_000));
        assertThat(next().head.headers().get("x")).hasSize(10_000);
        client.frame(
                RawH2.HEADERS,
                RawH2.END_STREAM,
                3,
                RawH2.block(":method", "GET", "x", "y".repeat(16_000)));
        client.frame(RawH2.CONTINUATION, 0, 3, RawH2.block("x", "y".repeat(16_000)));
        client.frame(RawH2.CONTINUATION, 4, 3, RawH2.block("x", "y".repeat(2_000)));
        client.flush();
        assertThat(client.await(RawH2.HEADERS).id()).isEqualTo(3);
        assertThat(handler.refused).containsExactly("431 head-too-long");
        String[] many = new String[202];
        java.util.Arrays.setAll(many, i -> i % 2 == 0 ? "x" + i : "y");
        client.request(5, true, "GET", many);
        assertThat(client.await(RawH2.HEADERS).id()).isEqualTo(5);
        assertThat(handler.refused).contains("431 too-many-fields");
    }

    @Test
    void aDrainFinishesWhatIsOpenAndTakesWhatWasUnderWay() throws Exception {
        client.request(1, true, "GET");
        HeldHandler.Held first = next();
        first.run(() -> server.connections().element().drain());
        RawH2.Frame announced = client.await(RawH2.GOAWAY);
        assertThat(announced.number(0)).isEqualTo(Integer.MAX_VALUE);
        RawH2.Frame ping = client.await(RawH2.PING);
        client.request(3, true, "GET");
        client.frame(RawH2.PING, 1, 0, ping.payload());
        client.flush();
        assertThat(client.await(RawH2.GOAWAY).number(0)).isEqualTo(3);
        HeldHandler.Held second = next();
        for (HeldHandler.Held each : new HeldHandler.Held[] {first, second}) {
            each.run(() -> {
                each.stream.respond(
                        new ResponseHead(200, new Headers(), BodyLength.UNKNOWN), false);
                each.stream.end(Headers.EMPTY);
            });
        }
        client.await(RawH2.HEADERS);
        client.await(RawH2.HEADERS);
        client.awaitEnd();
    }

    @Test
    void informationalHeadsComeBeforeTheAnswer() throws Exception {
        client.request(1, true, "GET");
        HeldHandler.Held held = next();
        held.run(() -> {
            held.stream.informational(new ResponseHead(103, new Headers(), 0));
            held.stream.respond(new ResponseHead(204, new Headers(), 0), true);
        });
        assertThat(client.await(RawH2.HEADERS).last()).isFalse();
        assertThat(client.await(RawH2.HEADERS).last()).isTrue();
    }

    @Test
    void dataAndEndGoOutInOneFrame() throws Exception {
        client.request(1, true, "GET");
        HeldHandler.Held held = next();
        held.run(() -> {
            held.stream.respond(new ResponseHead(200, new Headers(), 3), false);
            held.stream.data(io.netty.buffer.Unpooled.wrappedBuffer(new byte[3]));
            held.stream.end(Headers.EMPTY);
        });
        RawH2.Frame data = client.await(RawH2.DATA);
        assertThat(data.payload()).hasSize(3);
        assertThat(data.last()).isTrue();
    }
}
