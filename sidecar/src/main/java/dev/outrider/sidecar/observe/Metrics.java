package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TcpObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts exchanges, attempts and relayed connections under Istio's and OpenTelemetry's names, and
 * what is Outrider's own under {@code outrider_}. Every label comes from the configuration, a
 * verified identity or a closed list, never from a path or a header, and the number of label sets
 * is capped all the same.
 *
 * <p>Observing a label set that is known allocates nothing; {@link #scrape} and {@link #gauges} are
 * for any other thread.
 */
public final class Metrics implements ExchangeObserver, TcpObserver, AutoCloseable {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /**
     * The highest value of a meter is that of the last three steps. Moved on in a minute, as is the
     * default, it would first do so when the code around it has been compiled as if it never did.
     */
    private static final PrometheusConfig CONFIG =
            key -> "prometheus.step".equals(key) ? "10s" : null;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(CONFIG);
    private final Gauges gauges = new Gauges(registry);
    private final SeriesTable<ExchangeSeries> exchanges;
    private final SeriesTable<Timer> attempts;
    private final SeriesTable<Counter> events;
    private final SeriesTable<Counter> tcp;
    private final LongAdder[] active = new LongAdder[Direction.values().length];
    private final LongAdder[] relayed = new LongAdder[Direction.values().length];

    /** A rendering of all metrics. */
    public record Scrape(String contentType, String body) {}

    /**
     * @param identities the identity a service is expected to have, or null; any thread may ask
     */
    public Metrics(
            MetricsConfig config,
            Workload workload,
            Function<String, @Nullable SpiffeId> identities) {
        SeriesQuota quota = new SeriesQuota(config.maxSeries());
        exchanges =
                new SeriesTable<>(quota, new ExchangeSeriesMaker(registry, workload, identities));
        attempts = new SeriesTable<>(quota, new AttemptTimerMaker(registry));
        events = new SeriesTable<>(quota, new EventCounterMaker(registry));
        tcp = new SeriesTable<>(quota, new TcpCounterMaker(registry, workload, identities));
        for (Direction direction : Direction.values()) {
            LongAdder count = new LongAdder();
            active[direction.ordinal()] = count;
            gauges.gauge(
                    "outrider_active_requests",
                    "Requests under way",
                    Map.of("direction", word(direction)),
                    count::sum);
            LongAdder connections = new LongAdder();
            relayed[direction.ordinal()] = connections;
            gauges.gauge(
                    "outrider_tcp_connections",
                    "Connections whose bytes are passed through unread",
                    Map.of("direction", word(direction)),
                    connections::sum);
        }
        gauges.counter(
                "outrider_metric_series_refused",
                "Observations counted as 'other' because maxSeries was reached",
                Map.of(),
                quota::refused);
    }

    @Override
    public void started(Exchange exchange) {
        active[exchange.direction().ordinal()].increment();
    }

    @Override
    public void attemptFinished(Exchange exchange, AttemptResult result) {
        String service = exchange.service();
        Failure failure = result.failure();
        String reason = failure == null ? null : failure.reason();
        int direction = exchange.direction().ordinal();
        attempts.get(
                        AttemptTimerMaker.code(exchange, result),
                        service == null ? AttemptTimerMaker.APP : service,
                        null,
                        reason)
                .record(result.endedNanos() - result.startedNanos(), TimeUnit.NANOSECONDS);
        String outcome = reason != null ? reason : result.status() >= 500 ? "5xx" : "ok";
        event(EventCounterMaker.ATTEMPTS, direction, service, outcome);
        if (exchange.attempts().size() > 1) {
            event(EventCounterMaker.RETRIES, direction, service, outcome);
        }
    }

    @Override
    public void retrySkipped(Exchange exchange, String reason) {
        event(
                EventCounterMaker.RETRIES_SKIPPED,
                exchange.direction().ordinal(),
                exchange.service(),
                reason);
    }

    @Override
    public void finished(Exchange exchange) {
        active[exchange.direction().ordinal()].decrement();
        Failure failure = exchange.failure();
        String reason = failure == null ? null : failure.reason();
        exchanges
                .get(
                        ExchangeSeries.code(exchange),
                        exchange.service(),
                        exchange.direction() == Direction.EDGE
                                ? exchange.route()
                                : exchange.peer().id(),
                        reason)
                .record(exchange);
        if (reason != null) {
            event(
                    EventCounterMaker.FAILURES,
                    exchange.direction().ordinal(),
                    exchange.service(),
                    reason);
        }
    }

    // ---- relayed connections

    @Override
    public void opened(TcpFlow flow) {
        relayed[flow.connection().direction().ordinal()].increment();
        tcp(TcpCounterMaker.OPENED, flow).increment();
    }

    @Override
    public void moved(TcpFlow flow, long received, long sent) {
        if (received > 0) {
            tcp(TcpCounterMaker.RECEIVED, flow).increment(received);
        }
        if (sent > 0) {
            tcp(TcpCounterMaker.SENT, flow).increment(sent);
        }
    }

    @Override
    public void finished(TcpFlow flow) {
        int direction = flow.connection().direction().ordinal();
        relayed[direction].decrement();
        tcp(TcpCounterMaker.CLOSED, flow).increment();
        for (AttemptResult each : flow.attempts()) {
            Failure why = each.failure();
            String outcome = why == null ? "ok" : why.reason();
            event(EventCounterMaker.ATTEMPTS, direction, flow.service(), outcome);
            if (each.number() > 1) {
                event(EventCounterMaker.RETRIES, direction, flow.service(), outcome);
            }
        }
        Failure failure = flow.failure();
        if (failure != null) {
            event(EventCounterMaker.FAILURES, direction, flow.service(), failure.reason());
        }
    }

    private Counter tcp(int kind, TcpFlow flow) {
        return tcp.get(
                TcpCounterMaker.code(kind, flow),
                flow.service(),
                flow.connection().peer().id(),
                null);
    }

    private void event(int kind, int direction, @Nullable String service, String word) {
        events.get(kind << 2 | direction, service, word, null).increment();
    }

    /** Where the other parts of the proxy offer their numbers. */
    public Gauges gauges() {
        return gauges;
    }

    /** All metrics in Prometheus' text format, version 0.0.4. */
    public String scrape() {
        return registry.scrape(TEXT);
    }

    /** All metrics in the format that an {@code Accept} field asks for; the text format if none. */
    public Scrape scrape(@Nullable String accept) {
        if (accept == null || !accept.contains(OPEN_METRICS)) {
            return new Scrape(TEXT, scrape());
        }
        String type = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
        return new Scrape(type, registry.scrape(type));
    }

    @Override
    public void close() {
        gauges.close();
        registry.close();
    }

    static String word(Direction direction) {
        return switch (direction) {
            case INBOUND -> "inbound";
            case OUTBOUND -> "outbound";
            case EDGE -> "edge";
        };
    }

    /** OpenTelemetry's {@code error.type}: why it failed, empty if it did not. */
    static String errorType(int status, @Nullable String reason, int errorsFrom) {
        return reason != null ? reason : status >= errorsFrom ? Integer.toString(status) : "";
    }
}
