package dev.outrider.sidecar;

import dev.outrider.sidecar.config.SidecarConfig;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.TcpObserver;
import dev.outrider.sidecar.observe.AccessLog;
import dev.outrider.sidecar.observe.AccessLogConfig;
import dev.outrider.sidecar.observe.SpanReporter;
import dev.outrider.sidecar.observe.TracingConfig;
import dev.outrider.sidecar.observe.TracingFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is told of exchanges, and where to, under one configuration. */
record Telemetry(
        TracingConfig tracing,
        AccessLogConfig logging,
        SpanReporter spans,
        TracingFilter filter,
        @Nullable AccessLog accessLog) {

    /** Takes over what is configured the same. */
    static Telemetry fit(Base base, SidecarConfig config, @Nullable Telemetry old) {
        boolean sameTracing = old != null && old.tracing.equals(config.tracing());
        boolean sameLog = old != null && old.logging.equals(config.accessLog());
        SpanReporter spans =
                old != null && sameTracing
                        ? old.spans
                        : SpanReporter.open(
                                config.tracing(), base.workload, base.ticker, base.clock);
        TracingFilter filter =
                old != null && sameTracing
                        ? old.filter
                        : new TracingFilter(config.tracing(), base.random, spans);
        AccessLog accessLog = old != null && sameLog ? old.accessLog : open(base, config);
        return new Telemetry(config.tracing(), config.accessLog(), spans, filter, accessLog);
    }

    private static @Nullable AccessLog open(Base base, SidecarConfig config) {
        return config.accessLog().on()
                ? AccessLog.open(config.accessLog(), base.clock, base.random)
                : null;
    }

    /** Flights last: who waits for the last exchange finds it told everywhere. */
    ExchangeObserver observer(Base base, Flights flights) {
        return ExchangeObserver.all(
                accessLog == null
                        ? List.of(filter, base.metrics, flights)
                        : List.of(filter, base.metrics, accessLog, flights));
    }

    TcpObserver tcpObserver(Base base, Flights flights) {
        return TcpObserver.all(
                accessLog == null
                        ? List.of(base.metrics, flights)
                        : List.of(base.metrics, accessLog, flights));
    }

    List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>();
        parts.add(spans);
        if (accessLog != null) {
            parts.add(accessLog);
        }
        return parts;
    }
}
