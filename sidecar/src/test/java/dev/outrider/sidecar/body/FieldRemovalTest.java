package dev.outrider.sidecar.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldRemovalTest {
    private static String remove(String json, String... paths) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        FieldRemoval removal = new FieldRemoval(FieldPaths.of(List.of(paths)));
        return new String(removal.apply(body, body.length), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a               | {\"a\":1,\"b\":2}                       | {\"b\":2}",
                "a               | {\"b\":{\"a\":1}}                       | {\"b\":{\"a\":1}}",
                "a               | {\"a\":1,\"a\":{\"x\":[1]},\"b\":0}     | {\"b\":0}",
                "a               | {\"\\u0061\":1}                         | {}",
                "a.b             | {\"a\":{\"b\":1,\"c\":2},\"b\":3}       | {\"a\":{\"c\":2},\"b\":3}",
                "a.b             | {\"a\":[{\"b\":1},[{\"b\":2,\"c\":3}]]} | {\"a\":[{},[{\"c\":3}]]}",
                "a               | [{\"a\":1},{\"a\":2,\"b\":3}]           | [{},{\"b\":3}]",
                "*.b             | {\"x\":{\"b\":1},\"y\":{\"b\":2,\"c\":3}} | {\"x\":{},\"y\":{\"c\":3}}",
                "a.*             | {\"a\":{\"b\":1,\"c\":2},\"d\":3}       | {\"a\":{},\"d\":3}",
                "**.b            | {\"b\":1,\"a\":[{\"b\":{}},{\"c\":{\"b\":[]}}]} | {\"a\":[{},{\"c\":{}}]}",
                "a.b             | {\"a\":\"b\"}                           | {\"a\":\"b\"}",
                "a               | \"a\"                                   | \"a\"",
            })
    void takesOutWhatIsNamedAndNothingElse(String path, String json, String left)
            throws IOException {
        assertThat(remove(json, path)).isEqualTo(left);
    }

    @Test
    void severalPathsAreTakenTogether() throws IOException {
        assertThat(remove("{\"a\":{\"b\":1,\"c\":2,\"d\":3}}", "a.b", "*.c", "**.x"))
                .isEqualTo("{\"a\":{\"d\":3}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678901234567890123456789",
                "1.10",
                "-0.0",
                "1E400",
                "true",
                "null",
                "\"\u00e9\u20ac\ud83d\ude00\"",
                "\"a\\\"b\\\\\\n\"",
                "[]",
                "{}",
            })
    void valuesStayAsTheyWere(String value) throws IOException {
        String json = "{\"v\":" + value + "}";
        assertThat(remove(json, "x")).isEqualTo(json);
    }

    /** Half a character is no UTF-8, so it stays escaped. */
    @Test
    void halfACharacterIsNoBodysEnd() throws IOException {
        assertThat(remove("{\"v\":\"a\\ud83d\",\"x\":1}", "x")).isEqualTo("{\"v\":\"a\\uD83D\"}");
        assertThat(remove("{\"v\":\"\\udc00b\",\"x\":1}", "x")).isEqualTo("{\"v\":\"\\uDC00b\"}");
    }

    @Test
    void linesOfJsonStayLines() throws IOException {
        assertThat(remove("{\"a\":1,\"b\":2}\n{\"a\":3}\n", "a")).isEqualTo("{\"b\":2}\n{}");
        assertThat(remove("", "a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "{\"a\":1", "[1,", "{\"a\":}", "x", "{'a':1}", "{\"a\":1}}", "\"a"})
    void refusesWhatIsNoJson(String json) {
        assertThatThrownBy(() -> remove(json, "x")).isInstanceOf(IOException.class);
    }

    /** Another character in its place would be another text than the app was sent. */
    @Test
    void refusesWhatIsNoUtf8() {
        for (int octet : new int[] {0x80, 0xc0, 0xff}) {
            byte[] body = "{\"v\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
            body[6] = (byte) octet;
            FieldRemoval removal = new FieldRemoval(FieldPaths.of(List.of("x")));
            assertThatThrownBy(() -> removal.apply(body, body.length))
                    .isInstanceOf(IOException.class);
        }
        byte[] wide = "{\"x\":1}".getBytes(StandardCharsets.UTF_16LE);
        FieldRemoval removal = new FieldRemoval(FieldPaths.of(List.of("x")));
        assertThatThrownBy(() -> removal.apply(wide, wide.length)).isInstanceOf(IOException.class);
    }

    @Test
    void aMarkOfTheByteOrderGoes() throws IOException {
        assertThat(remove("\ufeff{\"x\":1,\"y\":2}", "x")).isEqualTo("{\"y\":2}");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        String deep = "[".repeat(300) + "]".repeat(300);
        assertThatThrownBy(() -> remove(deep, "x")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a*", "**", "**.a.b", "a.**.b", "**.*"})
    void refusesWhatIsNoPath(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> FieldPaths.of(List.of(path)));
    }
}
