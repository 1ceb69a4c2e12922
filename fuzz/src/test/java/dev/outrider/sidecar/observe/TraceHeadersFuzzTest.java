package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;

/** Whatever stands in the headers of a trace: what goes on is a header. */
class TraceHeadersFuzzTest {
    @FuzzTest
    void headers(@NotNull String state, @NotNull String trace, @NotNull String span) {
        Headers headers = new Headers();
        add(headers, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        add(headers, "tracestate", state);
        Parent parent = W3c.read(headers);
        if (parent != null && parent.state() != null) {
            // It goes on as a header.
            assertThat(parent.state().chars().allMatch(Fields::isFieldValue)).isTrue();
        }
        Headers many = new Headers();
        add(many, "x-b3-traceid", trace);
        add(many, "x-b3-spanid", span);
        add(many, "b3", state);
        var _ = B3.read(many);
    }

    private static void add(Headers headers, String name, String value) {
        if (value.chars().allMatch(Fields::isFieldValue)) {
            headers.add(name, value);
        }
    }
}
