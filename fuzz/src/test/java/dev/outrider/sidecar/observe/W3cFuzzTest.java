package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import java.util.Objects;

/** A {@code traceparent}: ids that are ids and come back as they went, or nothing. */
class W3cFuzzTest {
    @FuzzTest
    void w3c(@NotNull String text) {
        Parent parent = W3c.parse(text);
        if (parent != null) {
            assertThat(parent.traceIdHigh() | parent.traceIdLow()).isNotZero();
            assertThat(parent.spanId()).isNotZero();
            Headers sent = new Headers();
            W3c.write(context(parent), sent);
            Parent again = Objects.requireNonNull(W3c.read(sent));
            assertThat(again.traceIdHigh()).isEqualTo(parent.traceIdHigh());
            assertThat(again.traceIdLow()).isEqualTo(parent.traceIdLow());
            assertThat(again.spanId()).isEqualTo(parent.spanId());
        }
    }

    private static TraceContext context(Parent parent) {
        return new TraceContext(
                parent.traceIdHigh(),
                parent.traceIdLow(),
                parent.spanId(),
                0,
                true,
                parent.state());
    }
}
