package dev.outrider.sidecar.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of the reference implementation, for the key 00 to 0f and the text 00, 01, … */
class Hash128Test {
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4",
        "8, 3b62a9ba6258f5610f83e264f31497b4",
    })
    void isTheReferenceHash(int length, String expected) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) i;
        }
        Ask.Key key = new Ask.Key();
        new Hash128(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).of(text, length, key);
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(key.low).putLong(key.high);
        assertThat(HexFormat.of().formatHex(bytes.array())).isEqualTo(expected);
    }
}
