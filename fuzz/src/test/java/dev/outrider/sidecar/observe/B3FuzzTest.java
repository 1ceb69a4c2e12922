package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.exchange.TraceContext;
import java.util.Objects;

/** A {@code b3}: ids that are ids and come back as they went, or nothing. */
class B3FuzzTest {
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
