package dev.outrider.sidecar.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.Headers;
import org.junit.jupiter.api.Test;

final class JsonHeadsTest {
    private static Headers types(String... types) {
        Headers headers = new Headers();
        for (String type : types) {
            headers.add("Content-Type", type);
        }
        return headers;
    }

    @Test
    void tellsJsonByItsMediaType() {
        assertThat(JsonHeads.isJson(types("application/json; charset=utf-8"))).isTrue();
        assertThat(JsonHeads.isJson(types("application/problem+JSON"))).isTrue();
        assertThat(JsonHeads.isJson(types("text/plain"))).isFalse();
        assertThat(JsonHeads.isReadable(types("application/json; charset=utf-8"))).isTrue();
        assertThat(JsonHeads.isReadable(types("application/json; charset=utf-16"))).isFalse();
    }

    @Test
    void takesForJsonWhatAnAppMay() {
        assertThat(JsonHeads.isJson(types())).as("no type").isTrue();
        assertThat(JsonHeads.isJson(types(""))).as("an empty type").isTrue();
        assertThat(JsonHeads.isJson(types(";charset=utf-8"))).as("parameters only").isTrue();
    }

    /** An app that reads the last one would have got the fields that were to be taken out. */
    @Test
    void believesNeitherOfTwoTypes() {
        Headers two = types("text/plain", "application/json");
        assertThat(JsonHeads.isJson(two)).isTrue();
        assertThat(JsonHeads.isReadable(two)).isFalse();
        Headers spelled = types("text/plain");
        spelled.add("Content_Type", "application/json");
        assertThat(JsonHeads.isJson(spelled)).isTrue();
        assertThat(JsonHeads.isReadable(spelled)).isFalse();
    }
}
