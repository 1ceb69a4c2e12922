package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpFlow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private static final Workload ORDERS =
            new Workload("orders", "shop", "spiffe://cluster.local/ns/shop/sa/orders");
    private static final SpiffeId BILLING = SpiffeId.of("cluster.local", "pay", "billing");
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Metrics metrics = metrics(2000);

    @TempDir Path directory;

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void countsAnInboundExchangeUnderBothVocabularies() {
        Exchange exchange = Exchanges.get(Direction.INBOUND);
        metrics.started(exchange);
        assertThat(read().sum("outrider_active_requests", "inbound")).isEqualTo(1);
        exchange.countResponse(1_234);
        Exchanges.attempt(exchange, metrics, "127.0.0.1:8080", 0, 20 * MILLI, 200, null);
        Exchanges.finish(exchange, metrics, 200, 30 * MILLI);
        PrometheusText text = read();
        assertThat(text.sum("outrider_active_requests")).isZero();
        assertThat(
                        text.sum(
                                "istio_requests_total",
                                "reporter=\"destination\"",
                                "source_workload=\"web\"",
                                "source_principal=\"spiffe://cluster.local/ns/shop/sa/web\"",
                                "destination_workload=\"orders\"",
                                "response_code=\"200\"",
                                "response_flags=\"-\"",
                                "request_protocol=\"http\"",
                                "connection_security_policy=\"mutual_tls\""))
                .isEqualTo(1);
        assertThat(text.sum("istio_request_duration_milliseconds_sum")).isEqualTo(30);
        assertThat(text.sum("istio_response_bytes_sum")).isEqualTo(1_234);
        assertThat(
                        text.sum(
                                "http_server_request_duration_seconds_bucket",
                                "http_request_method=\"GET\"",
                                "url_scheme=\"https\"",
                                "le=\"0.05\""))
                .isEqualTo(1);
        assertThat(text.sum("http_server_request_duration_seconds_bucket", "le=\"0.025\""))
                .isZero();
        assertThat(text.sum("http_client_request_duration_seconds_count", "server_address=\"app\""))
                .isEqualTo(1);
    }

    @Test
    void anEdgesRequestsAreToldApartByTheirRoute() {
        for (String route : new String[] {"orders", "other", "orders"}) {
            Exchange exchange = Exchanges.get(Direction.EDGE);
            exchange.edge().route(route);
            exchange.service("other");
            metrics.started(exchange);
            Exchanges.finish(exchange, metrics, 200, 1_000_000);
        }
        Exchange lost = Exchanges.get(Direction.EDGE);
        metrics.started(lost);
        Exchanges.finish(lost, metrics, 404, 1_000_000);
        PrometheusText text = read();
        String count = "http_server_request_duration_seconds_count";
        assertThat(text.sum(count, "http_route=\"orders\"")).isEqualTo(2);
        assertThat(text.sum(count, "http_route=\"other\"", "http_request_method=\"GET\""))
                .isEqualTo(1);
        assertThat(text.sum(count, "http_route=\"\"", "http_response_status_code=\"404\""))
                .isEqualTo(1);
        assertThat(text.sum("istio_requests_total", "destination_service=\"other\"")).isEqualTo(3);
    }

    @Test
    void countsARelayedConnectionWhileItLivesAndAtItsEnd() {
        TcpFlow flow = Flows.of(Direction.OUTBOUND, "billing");
        metrics.opened(flow);
        metrics.moved(flow, 10, 2_000);
        metrics.moved(flow, 0, 500);
        String[] labels = {
            "reporter=\"source\"",
            "request_protocol=\"tcp\"",
            "destination_service=\"billing\"",
            "destination_workload=\"billing\"",
            "source_workload=\"orders\""
        };
        assertThat(read().sum("outrider_tcp_connections", "outbound")).isEqualTo(1);
        assertThat(read().sum("istio_tcp_connections_opened_total", labels)).isEqualTo(1);
        assertThat(read().sum("istio_tcp_received_bytes_total", labels)).isEqualTo(10);
        assertThat(read().sum("istio_tcp_sent_bytes_total", labels)).isEqualTo(2_500);
        assertThat(read().sum("istio_tcp_connections_closed_total")).isZero();
        flow.finished(new Failure.ClientGone("gone", true), 0);
        metrics.finished(flow);
        assertThat(read().sum("outrider_tcp_connections", "outbound")).isZero();
        assertThat(read().sum("istio_tcp_connections_closed_total", "response_flags=\"DC\""))
                .isEqualTo(1);
        assertThat(read().sum("outrider_failures_total", "reason=\"client-gone\"")).isEqualTo(1);
    }

    @Test
    void relayedConnectionsBeyondTheQuotaAreCountedAsOther() {
        Metrics small = metrics(1);
        TcpFlow flow = Flows.of(Direction.INBOUND, "app");
        small.opened(flow);
        small.moved(flow, 7, 0);
        PrometheusText text = PrometheusText.parse(small.scrape());
        assertThat(text.sum("istio_tcp_received_bytes_total", "destination_service=\"other\""))
                .isEqualTo(7);
        small.close();
    }

    @Test
    void tellsAttemptsRetriesAndFailuresOfAnOutboundExchange() {
        Exchange exchange = Exchanges.of(Direction.OUTBOUND, "BREW", "/secret-path?x=y");
        exchange.service("billing");
        metrics.started(exchange);
        Failure reset = new Failure.UpstreamReset("10.0.0.1:80", "reset", true, false);
        Exchanges.attempt(exchange, metrics, "10.0.0.1:80", 0, MILLI, 0, reset);
        Exchanges.attempt(exchange, metrics, "10.0.0.2:80", 0, MILLI, 0, reset);
        metrics.retrySkipped(exchange, "budget");
        exchange.failed(reset);
        Exchanges.finish(exchange, metrics, 502, 9 * MILLI);
        PrometheusText text = read();
        assertThat(text.sum("outrider_attempts_total", "outcome=\"upstream-reset\"")).isEqualTo(2);
        assertThat(text.sum("outrider_retries_total", "service=\"billing\"")).isEqualTo(1);
        assertThat(text.sum("outrider_retry_skipped_total", "reason=\"budget\"")).isEqualTo(1);
        assertThat(text.sum("outrider_failures_total", "reason=\"upstream-reset\"")).isEqualTo(1);
        assertThat(
                        text.sum(
                                "istio_requests_total",
                                "reporter=\"source\"",
                                "source_workload=\"orders\"",
                                "destination_service=\"billing\"",
                                "destination_principal=\"" + BILLING + "\"",
                                "response_flags=\"UC,URX\""))
                .isEqualTo(1);
        assertThat(text.sum("http_client_request_duration_seconds_count", "_OTHER")).isEqualTo(2);
        assertThat(metrics.scrape()).doesNotContain("secret-path").doesNotContain("BREW");
    }

    @Test
    void capsTheSeriesWhateverIsSent() {
        try (Metrics capped = metrics(50)) {
            for (int i = 0; i < 5_000; i++) {
                Exchange exchange = Exchanges.of(Direction.OUTBOUND, "M" + i, "/" + i);
                exchange.service("service" + i);
                capped.started(exchange);
                Exchanges.attempt(exchange, capped, "10.0.0.1:80", 0, 1, 100 + i % 900, null);
                capped.retrySkipped(exchange, "reason" + i);
                Exchanges.finish(exchange, capped, 100 + i % 900, 1);
            }
            PrometheusText text = PrometheusText.parse(capped.scrape());
            assertThat(text.sum("istio_requests_total")).isEqualTo(5_000);
            assertThat(text.sum("outrider_retry_skipped_total")).isEqualTo(5_000);
            assertThat(text.sum("istio_requests_total", "response_code=\"other\""))
                    .isGreaterThan(4_900);
            assertThat(text.sum("outrider_metric_series_refused_total")).isGreaterThan(19_000);
            assertThat(
                            text.samples.keySet().stream()
                                    .filter(name -> name.startsWith("istio_requests_total"))
                                    .count())
                    .isLessThanOrEqualTo(51);
            assertThat(text.samples).hasSizeLessThan(5_000);
        }
    }

    @Test
    void allocatesNothingForAKnownSeries() {
        Exchange exchange = Exchanges.get(Direction.INBOUND);
        exchange.service("orders");
        Exchanges.attempt(exchange, metrics, "127.0.0.1:8080", 0, MILLI, 200, null);
        var result = exchange.attempts().getFirst();
        exchange.responding(200, MILLI);
        exchange.finished(MILLI);
        long bytes =
                Allocation.perRound(() -> {
                    metrics.started(exchange);
                    metrics.attemptFinished(exchange, result);
                    metrics.finished(exchange);
                });
        // The view of the attempts is an object when it is not optimised away.
        assertThat(bytes).isLessThanOrEqualTo(64);
    }

    @Test
    void takesGaugesAndCountersFromElsewhereAndGivesThemBack() {
        AtomicLong open = new AtomicLong(3);
        Gauges gauges = metrics.gauges();
        Gauges.Registration breaker =
                gauges.gauge("outrider_breaker_open", "h", Map.of("service", "a\"b"), open::get);
        gauges.counter("outrider_dropped", "h", Map.of(), open::get);
        LongConsumer reloads = gauges.counter("outrider_reloads", "h", Map.of("outcome", "ok"));
        reloads.accept(2);
        System.gc();
        open.set(4);
        PrometheusText text = read();
        assertThat(text.sum("outrider_breaker_open", "service=\"a\\\"b\"")).isEqualTo(4);
        assertThat(text.sum("outrider_dropped_total")).isEqualTo(4);
        assertThat(text.sum("outrider_reloads_total", "outcome=\"ok\"")).isEqualTo(2);
        breaker.close();
        assertThat(metrics.scrape()).doesNotContain("outrider_breaker_open");
    }

    @Test
    void showsWhatTheProcessUses() {
        RuntimeMetrics.register(metrics.gauges());
        PrometheusText text = read();
        assertThat(text.sum("jvm_memory_used_bytes", "area=\"heap\"")).isPositive();
        assertThat(text.samples).containsKey("outrider_direct_memory_used_bytes");
    }

    @Test
    void speaksOpenMetricsWhenAsked() {
        Metrics.Scrape open =
                metrics.scrape("application/openmetrics-text;version=1.0.0,*/*;q=0.1");
        assertThat(open.contentType()).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
        Metrics.Scrape text = metrics.scrape(null);
        assertThat(text.contentType()).startsWith("text/plain; version=0.0.4");
        assertThat(text.body()).doesNotContain("# EOF");
    }

    @Test
    void promtoolFindsNoSyntaxError() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/promtool")), "promtool is not installed");
        countsAnInboundExchangeUnderBothVocabularies();
        Path file = Files.writeString(directory.resolve("metrics"), metrics.scrape());
        Process promtool =
                new ProcessBuilder(List.of("/usr/bin/promtool", "check", "metrics"))
                        .redirectInput(file.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // 3 is advice, such as on Istio's milliseconds; 1 is a syntax error.
        assertThat(promtool.waitFor()).as(said).isIn(0, 3);
    }

    private PrometheusText read() {
        return PrometheusText.parse(metrics.scrape());
    }

    private static Metrics metrics(int maxSeries) {
        return new Metrics(
                new MetricsConfig(maxSeries),
                ORDERS,
                service -> service.equals("billing") ? BILLING : null);
    }
}
