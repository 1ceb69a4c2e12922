package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Fields;
import dev.outrider.sidecar.http.Headers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whatever stands in a trace header: ids that are ids and come back as they went, or nothing. */
class TraceContextFuzzTest {
    @FuzzTest
    void w3c(@NotNull String text) {
        Parent parent = W3c.parse(text);
        if (parent != null) {
            assertThat(parent.traceIdHigh() | parent.traceIdLow()).isNotZero();
            assertThat(parent.spanId()).isNotZero();
            Parent again = Objects.requireNonNull(W3c.parse(W3c.format(context(parent))));
            assertThat(again.traceIdHigh()).isEqualTo(parent.traceIdHigh());
            assertThat(again.traceIdLow()).isEqualTo(parent.traceIdLow());
            assertThat(again.spanId()).isEqualTo(parent.spanId());
        }
    }

    @FuzzTest
    void b3(@NotNull String text) {
        Parent parent = B3.parse(text);
        if (parent != null && parent.spanId() != 0) {
            assertThat(parent.traceIdHigh() | parent.traceIdLow()).isNotZero();
            Parent again = Objects.requireNonNull(B3.parse(B3.format(context(parent))));
            assertThat(again.traceIdLow()).isEqualTo(parent.traceIdLow());
            assertThat(again.spanId()).isEqualTo(parent.spanId());
        }
    }

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

    private static TraceContext context(Parent parent) {
        @Nullable String state = parent.state();
        return new TraceContext(
                parent.traceIdHigh(), parent.traceIdLow(), parent.spanId(), 0, true, state);
    }
}
