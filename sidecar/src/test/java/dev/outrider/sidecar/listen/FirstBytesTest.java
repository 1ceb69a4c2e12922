package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FirstBytesTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String HELLO = "\u0016\u0003\u0001\u0002\u0000\u0001";

    static Stream<Arguments> samples() {
        return Stream.of(
                Arguments.of("GET /", FirstBytes.HTTP1),
                Arguments.of("GET / HTTP/1.1\r\nHost: a\r\n\r\n", FirstBytes.HTTP1),
                Arguments.of("DELETE /x", FirstBytes.HTTP1),
                Arguments.of("OPTIONS * HTTP/1.1\r\n", FirstBytes.HTTP1),
                Arguments.of("CONNECT a.example:443 HTTP/1.1\r\n", FirstBytes.HTTP1),
                Arguments.of("GET http://a.example/ HTTP/1.0\r\n", FirstBytes.HTTP1),
                Arguments.of("M-SEARCH * HTTP/1.1\n", FirstBytes.HTTP1),
                Arguments.of("PROPFIND /dav HTTP/1.1\r\n", FirstBytes.HTTP1),
                Arguments.of(PREFACE, FirstBytes.HTTP2),
                Arguments.of(PREFACE + "\0\0\0", FirstBytes.HTTP2),
                Arguments.of(HELLO, FirstBytes.TLS),
                Arguments.of("\u0016\u0003\u0003\u0000\u0050\u0001...", FirstBytes.TLS),
                Arguments.of("", FirstBytes.MORE),
                Arguments.of("G", FirstBytes.MORE),
                Arguments.of("GET ", FirstBytes.MORE),
                Arguments.of("GET http://a", FirstBytes.MORE),
                Arguments.of("PRI * HTTP/2.0\r\n\r\nSM", FirstBytes.MORE),
                Arguments.of("\u0016\u0003\u0001", FirstBytes.MORE),
                Arguments.of("PING\r\n", FirstBytes.OTHER),
                Arguments.of("*1\r\n$4\r\nPING\r\n", FirstBytes.OTHER),
                Arguments.of("GET key\r\n", FirstBytes.OTHER),
                Arguments.of("SET key value\r\n", FirstBytes.OTHER),
                Arguments.of("get key\r\n", FirstBytes.OTHER),
                Arguments.of("EHLO client.example\r\n", FirstBytes.OTHER),
                Arguments.of("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", FirstBytes.OTHER),
                Arguments.of("OPTIONS rtsp://a/ RTSP/1.0\r\n", FirstBytes.OTHER),
                Arguments.of("INVITE sip:b@b.example SIP/2.0\r\n", FirstBytes.OTHER),
                Arguments.of("CONNECT {\"verbose\":false}\r\n", FirstBytes.OTHER),
                Arguments.of("CONNECT\naccept-version:1.2\n", FirstBytes.OTHER),
                Arguments.of("PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\n", FirstBytes.OTHER),
                Arguments.of("AMQP\0\0\u0009\u0001", FirstBytes.OTHER),
                Arguments.of("\0\0\0\u0008\u0004\u00d2\u0016\u002f", FirstBytes.OTHER),
                Arguments.of("\u0016\u0003\u0001\u0002\0\u0002", FirstBytes.OTHER),
                Arguments.of("\u0016\u0004", FirstBytes.OTHER),
                Arguments.of("<?xml version='1.0'?>", FirstBytes.OTHER),
                Arguments.of("\r\nGET / HTTP/1.1\r\n", FirstBytes.OTHER),
                Arguments.of("A".repeat(33), FirstBytes.OTHER),
                Arguments.of("GET\u0000/ HTTP/1.1\r\n", FirstBytes.OTHER),
                Arguments.of("FOO a\u0000b HTTP/1.1\r\n", FirstBytes.OTHER),
                Arguments.of("FOO " + "a".repeat(8 * 1024), FirstBytes.OTHER));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void tellsWhatIsSpoken(String bytes, FirstBytes expected) {
        assertThat(of(AppProtocol.AUTO, false, bytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void tellsTheSameFromSingleBytesAndNeverTakesBackWhatItSaid(String bytes, FirstBytes expected) {
        FirstBytes said = FirstBytes.MORE;
        for (int i = 0; i <= bytes.length() && said == FirstBytes.MORE; i++) {
            said = of(AppProtocol.AUTO, false, bytes.substring(0, i));
        }
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void takesAllForHttpWhereThePortSaysSo() {
        assertThat(of(AppProtocol.HTTP, false, "<?xml")).isEqualTo(FirstBytes.HTTP1);
        assertThat(of(AppProtocol.HTTP, false, "\u0016\u0003")).isEqualTo(FirstBytes.HTTP1);
        assertThat(of(AppProtocol.HTTP, false, "PRI *")).isEqualTo(FirstBytes.MORE);
        assertThat(of(AppProtocol.HTTP, false, PREFACE)).isEqualTo(FirstBytes.HTTP2);
        assertThat(of(AppProtocol.HTTP2, false, "x")).isEqualTo(FirstBytes.HTTP2);
        assertThat(of(AppProtocol.GRPC, true, HELLO)).isEqualTo(FirstBytes.TLS);
        assertThat(of(AppProtocol.HTTP, true, HELLO)).isEqualTo(FirstBytes.TLS);
    }

    static Stream<Arguments> onPortOfHttp() {
        return Stream.of(
                Arguments.of("INVALID CONNECTION PREFACE\r\n\r\n", FirstBytes.NO_HTTP),
                Arguments.of("EHLO client.example\r\n", FirstBytes.NO_HTTP),
                Arguments.of("set key 0 0 3\r\n", FirstBytes.NO_HTTP),
                Arguments.of("INVITE sip:b@b.example SIP/2.0\r\n", FirstBytes.NO_HTTP),
                Arguments.of("FOO / HTTP/1.1\r\n", FirstBytes.HTTP1),
                Arguments.of("FOO / HTTP/9\r\n", FirstBytes.HTTP1),
                Arguments.of("GET key\r\n", FirstBytes.HTTP1),
                Arguments.of("PING\r\n", FirstBytes.HTTP1),
                Arguments.of("\r\nGET / HTTP/1.1\r\n", FirstBytes.HTTP1),
                Arguments.of("FOO " + "a".repeat(8 * 1024), FirstBytes.HTTP1),
                Arguments.of("A".repeat(33), FirstBytes.HTTP1),
                Arguments.of("FOO a", FirstBytes.MORE),
                Arguments.of("FO", FirstBytes.MORE));
    }

    @ParameterizedTest
    @MethodSource("onPortOfHttp")
    void leavesToTheParserOfHttpWhatItCanAnswer(String bytes, FirstBytes expected) {
        assertThat(of(AppProtocol.HTTP, false, bytes)).isEqualTo(expected);
    }

    @Test
    void seesNoHttpWhereThePortSaysOtherwise() {
        assertThat(of(AppProtocol.TCP, false, HELLO)).isEqualTo(FirstBytes.OTHER);
        assertThat(of(AppProtocol.TCP, true, HELLO)).isEqualTo(FirstBytes.TLS);
        assertThat(of(AppProtocol.TCP, true, "GET /")).isEqualTo(FirstBytes.OTHER);
        assertThat(of(AppProtocol.TLS, false, HELLO)).isEqualTo(FirstBytes.TLS);
        assertThat(of(AppProtocol.TLS, false, "GET /")).isEqualTo(FirstBytes.OTHER);
    }

    /** Whether its end came along with it is the network's choice. */
    @Test
    void takesNoLineBeyondItsLimitForHttp() {
        String longest = "PURGE /" + "a".repeat(8_192 - 18) + " HTTP/1.1\r\n";
        assertThat(of(AppProtocol.AUTO, false, longest)).isEqualTo(FirstBytes.HTTP1);
        String longer = "PURGE /" + "a".repeat(9_000) + " HTTP/1.1\r\n";
        assertThat(of(AppProtocol.AUTO, false, longer)).isEqualTo(FirstBytes.OTHER);
        assertThat(of(AppProtocol.AUTO, false, longer.substring(0, 8_500)))
                .isEqualTo(FirstBytes.OTHER);
    }

    private static FirstBytes of(AppProtocol expected, boolean tls, String bytes) {
        // An offset, as after a header that was taken from the same buffer.
        ByteBuf in = Unpooled.copiedBuffer("xx" + bytes, StandardCharsets.ISO_8859_1).skipBytes(2);
        FirstBytes said = FirstBytes.of(expected, tls, in);
        assertThat(in.readableBytes()).isEqualTo(bytes.length());
        return said;
    }
}
