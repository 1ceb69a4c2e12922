package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of a connection's first bytes does not change with where the network cuts them. */
class FirstBytesFuzzTest {
    private static final int ENOUGH = 10_000;

    static List<byte[]> seeds() {
        return Stream.of(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "PURGE /x HTTP/1.1\r\n",
                        "OPTIONS * HTTP/1.1\r\n",
                        "GET key\r\n",
                        "OPTIONS rtsp://a RTSP/1.0\r\n",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        "PRI * HTTP/2.0\r\n\r\nGET",
                        "\u0016\u0003\u0001\u0002\u0000\u0001",
                        "*1\r\n$4\r\nPING\r\n")
                .map(each -> each.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @MethodSource("seeds")
    @FuzzTest
    void firstBytes(byte[] bytes) {
        for (AppProtocol expected : AppProtocol.values()) {
            for (boolean tls : new boolean[] {false, true}) {
                settles(expected, tls, bytes);
            }
        }
    }

    private static void settles(AppProtocol expected, boolean tls, byte[] bytes) {
        FirstBytes told = FirstBytes.MORE;
        for (int end = 0; end <= bytes.length; end++) {
            ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, end);
            FirstBytes now = FirstBytes.of(expected, tls, in);
            assertThat(in.readerIndex()).isZero();
            if (told != FirstBytes.MORE) {
                assertThat(now).as("%s, after %d bytes", expected, end).isEqualTo(told);
            }
            told = now;
        }
        assertThat(told == FirstBytes.MORE && bytes.length > ENOUGH).isFalse();
    }
}
