package dev.outrider.sidecar.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Registers the counter of one kind of event for a direction, a service and a word. The code is the
 * kind above two bits of direction.
 */
final class EventCounterMaker implements SeriesTable.Maker<Counter> {
    static final int ATTEMPTS = 0;
    static final int RETRIES = 1;
    static final int RETRIES_SKIPPED = 2;
    static final int FAILURES = 3;

    private record Kind(String name, String help, String word) {}

    private static final Kind[] KINDS = {
        new Kind("outrider_attempts", "Attempts at upstreams", "outcome"),
        new Kind("outrider_retries", "Attempts after the first", "outcome"),
        new Kind("outrider_retry_skipped", "Retries that were wanted and not made", "reason"),
        new Kind("outrider_failures", "Exchanges and TCP connections that failed", "reason"),
    };

    private final MeterRegistry registry;

    EventCounterMaker(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public int coarse(int code) {
        return code;
    }

    @Override
    public Counter make(
            int code, @Nullable Object service, @Nullable Object word, @Nullable Object other) {
        Kind kind = KINDS[code >>> 2];
        return Counter.builder(kind.name)
                .description(kind.help)
                .tag("direction", Metrics.word(ExchangeSeries.direction(code)))
                .tag("service", service == null ? "" : (String) service)
                .tag(kind.word, word == null ? "" : (String) word)
                .register(registry);
    }
}
