package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ServerStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.params.provider.MethodSource;

/** Any frames behind the preface: requests that could be sent on as HTTP/1.1, or none. */
class H2ServerFuzzTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int PIECE = 11;

    static List<byte[]> seeds() {
        byte[] settings = frame(RawH2.SETTINGS, 0, 0);
        byte[] head = get(":path", "/");
        byte[] post = get(":path", "/x", "content-length", "3");
        int all = RawH2.END_HEADERS | RawH2.END_STREAM;
        byte[] body = "abc".getBytes(StandardCharsets.US_ASCII);
        return List.of(
                join(settings, frame(RawH2.HEADERS, all, 1, head)),
                join(
                        settings,
                        frame(RawH2.HEADERS, RawH2.END_HEADERS, 1, post),
                        frame(RawH2.DATA, RawH2.END_STREAM, 1, body),
                        frame(RawH2.PING, 0, 0, new byte[8])),
                join(
                        settings,
                        frame(RawH2.HEADERS, RawH2.END_STREAM, 1, head),
                        frame(RawH2.CONTINUATION, RawH2.END_HEADERS, 1, RawH2.block("a", "b")),
                        frame(RawH2.RST, 0, 1, RawH2.number(8))),
                join(
                        settings,
                        frame(RawH2.HEADERS, RawH2.END_HEADERS, 1, head),
                        frame(RawH2.DATA, 0, 1, body),
                        frame(RawH2.HEADERS, all, 1, RawH2.block("t", "u")),
                        frame(RawH2.WINDOW_UPDATE, 0, 0, RawH2.number(1000)),
                        frame(RawH2.GOAWAY, 0, 0, new byte[8])),
                join(settings, frame(RawH2.HEADERS, all, 1, get(":path", "/", "te", "trailers"))));
    }

    @MethodSource("seeds")
    @FuzzTest
    void frames(byte[] bytes) {
        List<String> whole = read(bytes, Math.max(1, bytes.length));
        List<String> pieces = read(bytes, PIECE);
        assertThat(pieces).isEqualTo(whole);
    }

    private static List<String> read(byte[] bytes, int step) {
        Heads heads = new Heads();
        EmbeddedChannel channel =
                new EmbeddedChannel(
                        new H2ServerConnection(
                                heads, H2Limits.DEFAULTS, () -> 1_000, new SplittableRandom(1)));
        channel.writeInbound(Unpooled.copiedBuffer(PREFACE, StandardCharsets.US_ASCII));
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
        assertThat(given).allMatch(each -> each.refCnt() == 0);
        return heads.seen;
    }

    private static final class Heads implements RequestHandler {
        final List<String> seen = new ArrayList<>();
        private final RequestHandler echo = new EchoHandler();

        @Override
        public void request(RequestHead head, ServerStream stream) {
            assertThat(head.method()).isNotEmpty().matches(H2ServerFuzzTest::isToken);
            assertThat(head.target()).isNotEmpty().matches(H2ServerFuzzTest::isVisible);
            assertThat(head.authority()).matches(H2ServerFuzzTest::isVisible);
            Headers headers = head.headers();
            for (int i = 0; i < headers.size(); i++) {
                String name = headers.name(i);
                assertThat(name).isNotEmpty().matches(H2ServerFuzzTest::isToken);
                assertThat(name.toLowerCase(Locale.ROOT))
                        .isNotIn(
                                "connection",
                                "transfer-encoding",
                                "upgrade",
                                "keep-alive",
                                "proxy-connection");
                assertThat(headers.value(i).chars().allMatch(Fields::isFieldValue)).isTrue();
            }
            seen.add(head.method() + " " + head.target() + "\n" + headers + head.bodyLength());
            echo.request(head, stream);
        }

        @Override
        public void malformed(int status, String reason, String sentence, ServerStream stream) {
            seen.add(status + " " + reason);
            echo.malformed(status, reason, sentence, stream);
        }
    }

    private static boolean isToken(String text) {
        return text.chars().allMatch(Fields::isToken);
    }

    private static boolean isVisible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    private static byte[] get(String... more) {
        return join(
                RawH2.block(":method", "GET", ":scheme", "http", ":authority", "a"),
                RawH2.block(more));
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
