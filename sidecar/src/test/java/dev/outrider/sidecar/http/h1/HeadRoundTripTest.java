package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read and written again is the same, whatever was changed between. */
class HeadRoundTripTest {
    private static final List<String> BEFORE = List.of("", " ", "  ", "\t", " \t ");
    private static final List<String> AFTER = List.of("", "", "", " ", "\t ");

    private static Headers read(String lines) throws MalformedException {
        ByteBuf in = Unpooled.copiedBuffer(lines + "\r\n", StandardCharsets.ISO_8859_1);
        Headers headers = new Headers(8, 1);
        HeadParser parser = HeadParser.ofTrailers(ResponseParser.LIMITS, false);
        parser.fields(in, 0, parser.find(in), headers);
        in.release();
        return headers;
    }

    private static String written(Headers headers) {
        ByteBuf out = Unpooled.buffer();
        headers.writeTo(out);
        assertThat(headers.wireLength()).isEqualTo(out.readableBytes());
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    @ParameterizedTest
    @CsvSource({
        "'a: 1\r\n', 'a: 1\r\n'",
        "'a:1\r\n', 'a: 1\r\n'",
        "'a:\r\n', 'a: \r\n'",
        "'a: \r\n', 'a: \r\n'",
        "'a:\t1\r\n', 'a: 1\r\n'",
        "'a:   1 2\t \r\n', 'a: 1 2\r\n'",
        "'a: \t\r\n', 'a: \r\n'",
        "'a: 1 \r\nb: 2\r\nc:3\r\n', 'a: 1\r\nb: 2\r\nc: 3\r\n'",
        "'', ''",
    })
    void everyLineIsWrittenWithOneSpace(String came, String goes) throws MalformedException {
        assertThat(written(read(came))).isEqualTo(goes);
    }

    @Test
    void randomChangesLeaveWhatAPlainListHasToo() throws MalformedException {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            List<String> model = new ArrayList<>();
            StringBuilder lines = new StringBuilder();
            for (int i = random.nextInt(8); i > 0; i--) {
                String name = "Name-" + random.nextInt(5);
                String value = "v".repeat(random.nextInt(3)) + (random.nextBoolean() ? "é" : "");
                lines.append(name).append(':').append(any(BEFORE, random)).append(value);
                lines.append(any(AFTER, random)).append("\r\n");
                model.add(name + ": " + value + "\r\n");
            }
            Headers headers = read(lines.toString());
            for (int i = random.nextInt(10); i > 0; i--) {
                change(headers, model, random);
                assertThat(written(headers)).isEqualTo(String.join("", model));
            }
            assertThat(written(headers.copy())).isEqualTo(String.join("", model));
        }
    }

    private static void change(Headers headers, List<String> model, Random random) {
        String name = "Name-" + random.nextInt(5);
        switch (random.nextInt(4)) {
            case 0 -> {
                headers.remove(name.toLowerCase(java.util.Locale.ROOT));
                model.removeIf(line -> line.startsWith(name + ":"));
            }
            case 1 -> {
                headers.set(name, "set");
                model.removeIf(line -> line.startsWith(name + ":"));
                model.add(name + ": set\r\n");
            }
            case 2 -> {
                headers.add(name, random.nextInt(1000));
                model.add(name + ": " + headers.value(headers.size() - 1) + "\r\n");
            }
            default -> {
                headers.append(new byte[] {'A'}, 0, 1, new byte[] {'b', 'c'}, 1, 1);
                model.add("A: c\r\n");
            }
        }
    }

    private static String any(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
