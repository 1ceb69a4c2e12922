package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class SpanReporterTest {
    private final List<LogRecord> logged = new ArrayList<>();

    /** Brave logs every span when nobody takes them, which floods the standard error. */
    @Test
    void writesNoSpanIntoTheLogWithoutZipkin() {
        Logger brave = Logger.getLogger("brave");
        Handler handler = handler();
        brave.addHandler(handler);
        try (SpanReporter reporter =
                SpanReporter.open(
                        TracingConfig.DEFAULTS,
                        new Workload("orders", "shop", null),
                        () -> 1_000,
                        InstantSource.system())) {
            TracingFilter filter =
                    new TracingFilter(TracingConfig.DEFAULTS, new SplittableRandom(1), reporter);
            Exchange exchange = Exchanges.get(Direction.INBOUND, "b3", "1");
            var _ = filter.onRequest(exchange);
            assertThat(Exchanges.trace(exchange).sampled()).isTrue();
            Exchanges.attempt(exchange, filter, "10.0.0.1:80", 1, 2, 200, null);
            filter.finished(exchange);
        } finally {
            brave.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }

    private Handler handler() {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
