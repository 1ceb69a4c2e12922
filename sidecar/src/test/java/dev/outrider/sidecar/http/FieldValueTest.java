package dev.outrider.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldValueTest {
    private static FieldValue inHead(String value) {
        Headers headers = new Headers();
        headers.add("Host", "orders");
        headers.add("Token", value);
        headers.add("Accept", "*/*");
        return Objects.requireNonNull(headers.field("token"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl-_", "\u00e9"})
    void findsWhatWasKeptAsText(String text) {
        Map<FieldValue, String> map = new HashMap<>();
        map.put(FieldValue.of(text), "found");
        assertThat(map.get(inHead(text))).isEqualTo("found");
        assertThat(inHead(text)).hasToString(text);
        assertThat(inHead(text).length()).isEqualTo(text.length());
    }

    @Test
    void differsInAnyByte() {
        String token = "h.".repeat(40);
        for (int i = 0; i < token.length(); i++) {
            StringBuilder other = new StringBuilder(token);
            other.setCharAt(i, 'X');
            assertThat(inHead(other.toString())).isNotEqualTo(FieldValue.of(token));
        }
        assertThat(inHead(token + "h")).isNotEqualTo(FieldValue.of(token));
        assertThat(inHead(token.substring(1))).isNotEqualTo(FieldValue.of(token));
    }

    @Test
    void whatFollowsAPrefixIsAValueOfItsOwn() {
        assertThat(inHead("bEARER abc").after("Bearer ")).isEqualTo(FieldValue.of("abc"));
        assertThat(inHead("Bearer ").after("Bearer ")).isEqualTo(FieldValue.of(""));
        assertThat(inHead("Basic abc").after("Bearer ")).isNull();
        assertThat(inHead("Bear").after("Bearer ")).isNull();
    }

    @Test
    void noFieldHasNoValue() {
        assertThat(new Headers().field("token")).isNull();
    }
}
