package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.7 10.0.0.1 56324 443, 192.0.2.7, 56324",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255, 65535",
        "PROXY TCP6 2001:db8::7 ::1 0 443, 2001:db8::7, 0",
        "PROXY UNKNOWN, , 0",
        "PROXY UNKNOWN ffff::1 ffff::2 65535 65535, , 0"
    })
    void readsVersionOneAndLeavesTheRest(String line, String address, int port) throws Exception {
        ByteBuf in = ascii(line + "\r\nGET /");
        InetSocketAddress source = address == null ? null : new InetSocketAddress(address, port);
        assertThat(ProxyHeader.read(in)).isEqualTo(new ProxyHeader.Header(source));
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("GET /");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXY\tTCP4 ",
                "PROXY TCP4 192.0.2.7 10.0.0.1 56324\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 56324 443 \r\n",
                "PROXY TCP4  192.0.2.7 10.0.0.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 56324 443\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 -1 443\r\n",
                "PROXY TCP4 192.0.2.7 10.0.0.1 01 443\r\n",
                "PROXY TCP4 192.0.2 10.0.0.1 1 443\r\n",
                "PROXY TCP4 ::1 ::1 1 443\r\n",
                "PROXY TCP6 192.0.2.7 10.0.0.1 1 443\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 443\r\n",
                "PROXY TCP4 localhost 10.0.0.1 1 443\r\n",
                "PROXY UDP4 192.0.2.7 10.0.0.1 1 443\r\n",
                "PROXY \r\n"
            })
    void refusesWhatIsNoVersionOne(String bytes) {
        assertThat(ProxyHeader.read(ascii(bytes))).isInstanceOf(ProxyHeader.Malformed.class);
    }

    @Test
    void refusesAnEndlessLine() {
        assertThat(ProxyHeader.read(ascii("PROXY UNKNOWN " + "x".repeat(93))))
                .isInstanceOf(ProxyHeader.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2111000cc00002070a000001dc0401bb, 192.0.2.7, 56324",
        "21110010c00002070a000001dc0401bb04000100, 192.0.2.7, 56324",
        "2000000c000102030405060708090a0b, , 0",
        "20000000, , 0",
        "21000000, , 0",
        "21000004deadbeef, , 0"
    })
    void readsVersionTwoAndLeavesTheRest(String hex, String address, int port) {
        ByteBuf in = hex(V2 + hex + "47");
        InetSocketAddress source = address == null ? null : new InetSocketAddress(address, port);
        assertThat(ProxyHeader.read(in)).isEqualTo(new ProxyHeader.Header(source));
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("G");
    }

    @Test
    void readsVersionTwoOfIpv6() {
        String source = "20010db8000000000000000000000007";
        ByteBuf in = hex(V2 + "21210024" + source + source + "dc0401bb");
        assertThat(ProxyHeader.read(in))
                .isEqualTo(new ProxyHeader.Header(new InetSocketAddress("2001:db8::7", 56324)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1111000cc00002070a000001dc0401bb",
                "2211000cc00002070a000001dc0401bb",
                "2112000cc00002070a000001dc0401bb",
                "2111000bc00002070a000001dc0401",
                "21210023",
                "2111ffff"
            })
    void refusesWhatIsNoVersionTwo(String hex) {
        assertThat(ProxyHeader.read(hex(V2 + hex))).isInstanceOf(ProxyHeader.Malformed.class);
    }

    @Test
    void refusesOtherSignatures() {
        assertThat(ProxyHeader.read(hex("0d0a0d0b"))).isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(ProxyHeader.read(ascii("\u0016\u0003")))
                .isInstanceOf(ProxyHeader.Malformed.class);
    }

    @Test
    void waitsForTheWholeHeader() {
        ByteBuf first = ascii("PROXY TCP4 192.0.2.7 10.0.0.1 56324 443\r\n");
        ByteBuf second = hex(V2 + "2111000cc00002070a000001dc0401bb");
        for (ByteBuf whole : new ByteBuf[] {first, second}) {
            for (int i = 0; i < whole.readableBytes(); i++) {
                assertThat(ProxyHeader.read(whole.slice(0, i)))
                        .isInstanceOf(ProxyHeader.More.class);
            }
            assertThat(ProxyHeader.read(whole)).isInstanceOf(ProxyHeader.Header.class);
        }
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf hex(String digits) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
    }
}
