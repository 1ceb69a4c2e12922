package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldsTest {
    @Test
    void theEndOfAValueIsFoundAtEveryPlaceAndForEveryByte() {
        for (int length = 0; length < 40; length++) {
            for (int at = 0; at < length; at++) {
                for (int b = 0; b < 256; b++) {
                    byte[] bytes = new byte[length];
                    Arrays.fill(bytes, (byte) (at % 2 == 0 ? 'x' : 0xe9));
                    bytes[at] = (byte) b;
                    int expected = Fields.isFieldValue(b) ? length : at;
                    assertThat(Fields.valueEnd(bytes, 0, length)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void bytesInARowAreFoundAsOneByOne() {
        Random random = new Random(11);
        byte[] near = {'\t', ' ', 0, 31, 126, 127, -128, -1, '\r', '\n', 'a', 'a', 'a', 'a'};
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(1, 30)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = near[random.nextInt(near.length)];
            }
            int from = random.nextInt(bytes.length);
            int end = random.nextInt(from, bytes.length + 1);
            int expected = from;
            while (expected < end && Fields.isFieldValue(bytes[expected] & 0xff)) {
                expected++;
            }
            assertThat(Fields.valueEnd(bytes, from, end)).isEqualTo(expected);
        }
    }
}
