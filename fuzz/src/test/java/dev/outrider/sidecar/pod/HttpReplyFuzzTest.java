package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrider.sidecar.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes an app may answer a probe with: the same judgement however they are cut. */
class HttpReplyFuzzTest {
    private static final int LIMIT = 100;

    static List<byte[]> seeds() {
        return Seeds.responses();
    }

    @MethodSource("seeds")
    @FuzzTest
    void reply(byte[] bytes) {
        for (boolean whole : List.of(true, false)) {
            String once = read(new ByteArrayInputStream(bytes), whole);
            assertThat(read(new OneByOne(bytes), whole)).isEqualTo(once);
        }
    }

    private static String read(InputStream in, boolean whole) {
        try {
            HttpReply reply = HttpReply.read(in, LIMIT, whole);
            assertThat(reply.status()).isBetween(200, 999);
            // What is wanted is a least: no more is read once there is as much.
            int most = Math.min(reply.body().length, LIMIT);
            assertThat(whole && reply.body().length > LIMIT).isFalse();
            String body = new String(reply.body(), 0, most, StandardCharsets.ISO_8859_1);
            return reply.status() + " " + reply.fields() + " " + body;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static final class OneByOne extends ByteArrayInputStream {
        OneByOne(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] buffer, int from, int length) {
            return super.read(buffer, from, Math.min(length, 1));
        }
    }
}
