package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Registers the timer of attempts with one label set: direction 2 bits, method 4, status 10; then
 * the service and the reason of a failure. OpenTelemetry's server.port is left out: it is the
 * endpoint's, and endpoints come and go without bound.
 */
final class AttemptTimerMaker implements SeriesTable.Maker<Timer> {
    /** Stands for the local app, which is no configured service. */
    static final String APP = "app";

    private final MeterRegistry registry;

    AttemptTimerMaker(MeterRegistry registry) {
        this.registry = registry;
    }

    static int code(Exchange exchange, AttemptResult result) {
        int status = result.status();
        return exchange.direction().ordinal()
                | Methods.index(exchange.request().method()) << 2
                | (status >= 0 && status < 1000 ? status : 0) << 6;
    }

    @Override
    public int coarse(int code) {
        return code & 3;
    }

    @Override
    public Timer make(
            int code, @Nullable Object service, @Nullable Object other, @Nullable Object reason) {
        Direction direction = ExchangeSeries.direction(code);
        int status = code >>> 6;
        Tags tags =
                SeriesTable.OTHER.equals(other)
                        ? tags("_OTHER", SeriesTable.OTHER, SeriesTable.OTHER)
                        : tags(
                                ExchangeSeries.method(code),
                                status == 0 ? "" : Integer.toString(status),
                                Metrics.errorType(status, (String) reason, 400));
        return Timer.builder("http.client.request.duration")
                .description("Duration of HTTP client requests, one for each attempt")
                .tags(tags)
                .tag("server_address", service == null ? APP : (String) service)
                .tag("outrider_direction", Metrics.word(direction))
                .serviceLevelObjectives(Buckets.SECONDS)
                .register(registry);
    }

    private static Tags tags(String method, String status, String error) {
        return Tags.of(
                "http_request_method",
                method,
                "http_response_status_code",
                status,
                "error_type",
                error);
    }
}
