package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstLineTest {
    private static FirstLine.Verdict judge(String... pieces) {
        FirstLine line = new FirstLine();
        for (String each : pieces) {
            ByteBuf bytes = Unpooled.copiedBuffer(each, StandardCharsets.ISO_8859_1);
            FirstLine.Verdict verdict = line.next(bytes);
            bytes.release();
            if (verdict != FirstLine.Verdict.UNDECIDED) {
                return verdict;
            }
        }
        return FirstLine.Verdict.UNDECIDED;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\n",
                "\nPOST /a b HTTP/1.0\n",
                "ODD-METHOD http://a/ HTTP/1.1\r\nHost: a",
                "PRI * HTTP/2.0\r\n"
            })
    void knowsRequestsOfHttp(String text) {
        assertThat(judge(text)).isEqualTo(FirstLine.Verdict.HTTP);
        assertThat(judge(text.split(""))).isEqualTo(FirstLine.Verdict.HTTP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EHLO mail\r\n", "PING\r\n", "\u0000\u0001", "\u0016\u0003\u0001"})
    void letsOtherProtocolsPass(String text) {
        assertThat(judge(text)).isEqualTo(FirstLine.Verdict.OTHER);
    }

    @Test
    void knowsThemBeforeTheirLineEnds() {
        assertThat(judge("GET /index HTT")).isEqualTo(FirstLine.Verdict.UNDECIDED);
        assertThat(judge("GET /index HTTP", "/")).isEqualTo(FirstLine.Verdict.HTTP);
        assertThat(judge("GET /HHTTP/x")).isEqualTo(FirstLine.Verdict.HTTP);
        assertThat(judge("\r\n")).isEqualTo(FirstLine.Verdict.UNDECIDED);
    }

    @Test
    void watchesNoEndlessLine() {
        assertThat(judge("x".repeat(70_000))).isEqualTo(FirstLine.Verdict.OTHER);
    }
}
