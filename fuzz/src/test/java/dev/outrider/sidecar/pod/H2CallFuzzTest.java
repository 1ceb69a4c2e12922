package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any frames an app may answer a gRPC probe with: an answer within its bounds, or a sentence. */
class H2CallFuzzTest {
    static List<byte[]> seeds() {
        return Stream.of(
                        "000000040000000000"
                                + "00000101040000000188"
                                + "0000070001000000010000000002"
                                + "0801",
                        "000001010500000001" + "88",
                        "0000080600000000000000000000000000",
                        "0000080700000000000000000000000000",
                        "00000403000000000100000007",
                        "0000020108000000010188" + "00000109040000000188")
                .map(HexFormat.of()::parseHex)
                .toList();
    }

    @MethodSource("seeds")
    @FuzzTest
    void answer(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            H2Call.Reply reply =
                    new H2Call(new ByteArrayInputStream(bytes), out)
                            .post(List.of(Map.entry(":method", "POST")), new byte[5]);
            assertThat(reply.body().length).isLessThanOrEqualTo(16 * 1024);
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(out.size()).isLessThan(200 + bytes.length * 2);
    }
}
