package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
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
            W3c.write(exchange(parent), sent);
            Parent again = Objects.requireNonNull(W3c.read(sent));
            assertThat(again.traceIdHigh()).isEqualTo(parent.traceIdHigh());
            assertThat(again.traceIdLow()).isEqualTo(parent.traceIdLow());
            assertThat(again.spanId()).isEqualTo(parent.spanId());
        }
    }

    /** Under way in the span that the parent names. */
    private static Exchange exchange(Parent parent) {
        Exchange exchange = Exchanges.get(Direction.OUTBOUND);
        exchange.trace(
                new TraceContext(
                        parent.traceIdHigh(), parent.traceIdLow(), 1, 0, true, parent.state()));
        exchange.attemptSpan(parent.spanId());
        return exchange;
    }
}
