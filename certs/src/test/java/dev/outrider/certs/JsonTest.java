package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final String EVERYTHING =
            "{\"text\":\"\\u00e9\\n\",\"int\":7,\"long\":1700000000000,\"big\":123456789012345678901,"
                    + "\"float\":1.5,\"yes\":true,\"no\":false,\"none\":null,"
                    + "\"list\":[1,[],{\"a\":[]}],\"object\":{\"b\":{}}}";

    @Test
    void readsEveryKindOfValueInItsOrder() throws Exception {
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put("text", "é\n");
        expected.put("int", 7);
        expected.put("long", 1_700_000_000_000L);
        expected.put("big", new BigInteger("123456789012345678901"));
        expected.put("float", 1.5);
        expected.put("yes", true);
        expected.put("no", false);
        expected.put("none", null);
        expected.put("list", List.of(1, List.of(), Map.of("a", List.of())));
        expected.put("object", Map.of("b", Map.of()));
        assertThat(Json.object(EVERYTHING)).isEqualTo(expected);
        assertThat(Json.object(EVERYTHING.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
        assertThat(Json.object(new StringReader(EVERYTHING))).isEqualTo(expected);
        assertThat(Json.object(EVERYTHING).keySet()).containsExactlyElementsOf(expected.keySet());
    }

    @Test
    void writesWhatItReads() {
        assertThat(Json.object(Json.write(Json.object(EVERYTHING))))
                .isEqualTo(Json.object(EVERYTHING));
        assertThat(Json.write(Map.of("a", Arrays.asList(1, null, "\""))))
                .isEqualTo("{\"a\":[1,null,\"\\\"\"]}");
        assertThat(Json.writeIndented(Map.of("a", List.of(1))))
                .isEqualTo("{\n  \"a\" : [\n    1\n  ]\n}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "[]",
                "null",
                "{",
                "{\"a\"}",
                "{\"a\":",
                "{\"a\":1,}",
                "{\"a\":[1}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":1} {}",
                "{\"a\":1} x",
                "{\"a\":1,\"a\":2}",
                "{\"o\":{\"a\":1,\"a\":1}}"
            })
    void refusesWhatIsNotOneStrictObject(String json) {
        assertThatThrownBy(() -> Json.object(json)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.object(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nestingHasABound() {
        assertThatThrownBy(() -> Json.object("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToWriteWhatIsNoJson() {
        assertThatThrownBy(() -> Json.write(Map.of("a", new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }
}
