package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any frames an upstream may answer with: one answer or one error, and then silence. */
class H2ClientFuzzTest {
    private static final int PIECE = 11;
    private static final int FIRST_STREAM = 3;

    static List<byte[]> seeds() {
        byte[] settings = frame(RawH2.SETTINGS, 0, 0);
        byte[] head = RawH2.block(":status", "200", "content-type", "text/plain");
        byte[] body = "abc".getBytes(StandardCharsets.US_ASCII);
        int all = RawH2.END_HEADERS | RawH2.END_STREAM;
        List<byte[]> seeds = new ArrayList<>();
        for (int id = 1; id <= FIRST_STREAM; id += 2) {
            seeds.add(join(settings, frame(RawH2.HEADERS, all, id, head)));
            seeds.add(
                    join(
                            settings,
                            frame(RawH2.HEADERS, RawH2.END_HEADERS, id, head),
                            frame(RawH2.DATA, RawH2.END_STREAM, id, body)));
            seeds.add(
                    join(
                            settings,
                            frame(
                                    RawH2.HEADERS,
                                    RawH2.END_HEADERS,
                                    id,
                                    RawH2.block(":status", "103")),
                            frame(RawH2.HEADERS, RawH2.END_HEADERS, id, head),
                            frame(RawH2.DATA, 0, id, body),
                            frame(RawH2.HEADERS, all, id, RawH2.block("grpc-status", "0"))));
            seeds.add(join(settings, frame(RawH2.RST, 0, id, RawH2.number(7))));
            seeds.add(join(settings, frame(RawH2.GOAWAY, 0, 0, new byte[8])));
        }
        return seeds;
    }

    @MethodSource("seeds")
    @FuzzTest
    void frames(byte[] bytes) {
        String whole = answer(bytes, Math.max(1, bytes.length));
        assertThat(answer(bytes, PIECE)).isEqualTo(whole);
    }

    private static String answer(byte[] bytes, int step) {
        Recorder recorder = new Recorder();
        H2ClientConnection connection =
                new H2ClientConnection(recorder, H2Limits.DEFAULTS, () -> 1_000, "http");
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        ClientStream stream = connection.open(recorder);
        stream.request(ClientRig.head("GET", "/", BodyLength.NONE, null), true);
        stream.flush();
        channel.runPendingTasks();
        channel.releaseOutbound();
        List<ByteBuf> given = new ArrayList<>();
        for (int at = 0; at < bytes.length && channel.isOpen(); at += step) {
            ByteBuf piece = Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at));
            given.add(piece);
            channel.writeInbound(piece);
            channel.runPendingTasks();
            channel.releaseOutbound();
        }
        channel.checkException();
        channel.finishAndReleaseAll();
        assertThat(recorder.over).isTrue();
        assertThat(given).allMatch(each -> each.refCnt() == 0);
        return recorder.text.toString();
    }

    /** Fails when it is told anything after the end. */
    private static final class Recorder implements ClientStream.Listener, ClientConnection.Owner {
        final StringBuilder text = new StringBuilder();
        boolean over;
        private boolean head;

        private void say(String what) {
            assertThat(over).as("told after the end: %s", what).isFalse();
            text.append(what);
        }

        @Override
        public void onInformational(ResponseHead head) {
            assertThat(this.head).isFalse();
            say(head.status() + " " + head.headers());
        }

        @Override
        public void onResponse(ResponseHead head, boolean last) {
            assertThat(this.head).isFalse();
            assertThat(head.status()).isBetween(200, 599);
            assertThat(head.headers().contains("transfer-encoding")).isFalse();
            assertThat(head.headers().contains("connection")).isFalse();
            this.head = true;
            say(head.status() + " " + head.headers() + head.bodyLength());
            over = last;
        }

        @Override
        public void data(ByteBuf chunk) {
            assertThat(head).isTrue();
            say(chunk.toString(StandardCharsets.ISO_8859_1));
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {
            assertThat(head).isTrue();
            say("<end>" + trailers);
            over = true;
        }

        @Override
        public void onError(StreamError error, boolean sent) {
            say("<" + error.kind() + ">");
            over = true;
        }

        @Override
        public void flush() {}

        @Override
        public void onWritable() {}

        @Override
        public void released(ClientConnection connection) {}

        @Override
        public void closed(ClientConnection connection) {}
    }

    private static byte[] frame(int type, int flags, int id, byte... payload) {
        byte[] head = {
            (byte) (payload.length >> 16),
            (byte) (payload.length >> 8),
            (byte) payload.length,
            (byte) type,
            (byte) flags
        };
        return join(head, RawH2.number(id), payload);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }
}
