package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A header of the PROXY protocol means the same however it comes, and takes only its own bytes. */
class ProxyHeaderFuzzTest {
    private static final String V2 = "\r\n\r\n\0\r\nQUIT\n";
    private static final int LONGEST = 16 + 4096;

    static List<byte[]> seeds() {
        return Stream.of(
                        "PROXY TCP4 10.1.2.3 10.0.0.1 4711 80\r\nGET",
                        "PROXY TCP6 ::1 fe80::1 1 65535\r\n",
                        "PROXY UNKNOWN\r\n",
                        "PROXY UNKNOWN ::1 ::1 1 1\r\n",
                        V2
                                + "!\u0011\0\u000c\n\u0001\u0002\u0003\n\0\0\u0001\u0012\u0067\0\u0050GET",
                        V2 + " \0\0\0")
                .map(each -> each.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @MethodSource("seeds")
    @FuzzTest
    void proxyHeader(byte[] bytes) {
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        ProxyHeader.Result whole = ProxyHeader.read(all);
        int taken = all.readerIndex();
        switch (whole) {
            case ProxyHeader.More _ -> {
                assertThat(taken).isZero();
                assertThat(bytes.length).isLessThan(LONGEST);
            }
            case ProxyHeader.Malformed bad -> assertThat(bad.sentence()).isNotBlank();
            case ProxyHeader.Header header -> {
                InetSocketAddress source = header.source();
                assertThat(source == null || !source.isUnresolved()).isTrue();
                assertThat(read(bytes, taken)).isEqualTo(whole);
                assertThat(read(bytes, taken - 1)).isInstanceOf(ProxyHeader.More.class);
            }
        }
    }

    private static ProxyHeader.Result read(byte[] bytes, int length) {
        return ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length));
    }
}
