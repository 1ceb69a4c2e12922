package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpFramesTest {
    private static final class Heard implements TcpFrames.Sink {
        final StringBuilder text = new StringBuilder();

        @Override
        public void data(ByteBuf bytes) {
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void end() {
            text.append('|');
        }

        @Override
        public void malformed(String why) {
            text.append('!');
        }
    }

    private static String decode(byte[] bytes, SplittableRandom random) {
        TcpFrames frames = new TcpFrames();
        Heard heard = new Heard();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextInt(1, 6));
            frames.decode(Unpooled.copiedBuffer(bytes, at, length), heard);
            at += length;
        }
        return heard.text.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void takesFramesApartHoweverTheyAreCut(long seed) {
        byte[] bytes =
                ByteBufUtil.decodeHexDump("0000000568656c6c6f" + "00000001" + "2c" + "00000000");
        assertThat(decode(bytes, new SplittableRandom(seed))).isEqualTo("hello,|");
    }

    @ParameterizedTest
    @CsvSource({
        "000000000000000161, |!",
        "ffffffff61, !",
        "8000000061, !",
        "0000, ''",
        "0000000261, a"
    })
    void saysWhatIsWrong(String hex, String heard) {
        String all = decode(ByteBufUtil.decodeHexDump(hex), new SplittableRandom(1));
        // However often it is said: the first time ends the connection.
        assertThat(all.replaceAll("!+", "!")).isEqualTo(heard);
    }
}
