package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;

import brave.Span;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.RequestHead;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingFilterTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-b7ad6b7169203331-00";
    private static final InstantSource WALL = InstantSource.fixed(Instant.ofEpochSecond(1_000));

    private final List<MutableSpan> spans = new ArrayList<>();
    private final SpanReporter reporter =
            SpanReporter.to(
                    new SpanHandler() {
                        @Override
                        public boolean end(
                                brave.propagation.TraceContext context,
                                MutableSpan span,
                                Cause cause) {
                            return spans.add(span);
                        }
                    },
                    "orders",
                    () -> TimeUnit.SECONDS.toNanos(10),
                    WALL);

    @AfterEach
    void close() {
        reporter.close();
    }

    @Test
    void continuesTheTraceThatCame() {
        Exchange exchange =
                Exchanges.get(Direction.INBOUND, "Traceparent", PARENT, "tracestate", "a=1,b=2");
        assertThat(filter(1).onRequest(exchange)).isEqualTo(Verdict.CONTINUE);
        TraceContext trace = Exchanges.trace(exchange);
        assertThat(trace.traceIdHigh()).isEqualTo(0x0af7651916cd43ddL);
        assertThat(trace.parentId()).isEqualTo(0xb7ad6b7169203331L);
        assertThat(trace.spanId()).isNotZero().isNotEqualTo(trace.parentId());
        assertThat(trace.sampled()).isTrue();
        assertThat(trace.state()).isEqualTo("a=1,b=2");
    }

    @Test
    void writesTheAttemptsSpanInLowerCaseAndNoStaleHeader() {
        Exchange exchange =
                Exchanges.get(
                        Direction.OUTBOUND,
                        "Traceparent",
                        PARENT,
                        "Tracestate",
                        "a=1",
                        "B3",
                        "1",
                        "X-B3-Flags",
                        "1");
        TracingFilter filter = filter(0);
        filter.onRequest(exchange);
        RequestHead first = Exchanges.attempt(exchange, filter, "10.0.0.1:80", 0, 1, 503, null);
        TraceContext attempt = Objects.requireNonNull(exchange.attemptTrace());
        RequestHead second = Exchanges.attempt(exchange, filter, "10.0.0.2:80", 1, 2, 200, null);
        assertThat(attempt.parentId()).isEqualTo(Exchanges.trace(exchange).spanId());
        String span = Hex.of(attempt.spanId());
        assertThat(first.headers().toString())
                .contains("traceparent: 00-" + TRACE + "-" + span + "-01\n")
                .contains("tracestate: a=1\n")
                .contains("x-b3-traceid: " + TRACE + "\n")
                .contains("x-b3-spanid: " + span + "\n")
                .contains("x-b3-parentspanid: " + Hex.of(Exchanges.trace(exchange).spanId()) + "\n")
                .contains("x-b3-sampled: 1\n")
                .doesNotContain("Traceparent")
                .doesNotContain("B3:")
                .doesNotContain("X-B3-Flags");
        assertThat(second.headers().get("traceparent"))
                .isNotEqualTo(first.headers().get("traceparent"))
                .startsWith("00-" + TRACE + "-");
    }

    @Test
    void writesOnlyWhatIsConfigured() {
        Exchange exchange = Exchanges.get(Direction.OUTBOUND, "traceparent", PARENT);
        TracingFilter filter =
                new TracingFilter(
                        config(0, List.of(Propagation.B3_SINGLE), false, true),
                        new SplittableRandom(1),
                        reporter);
        filter.onRequest(exchange);
        RequestHead sent = Exchanges.attempt(exchange, filter, "10.0.0.1:80", 0, 1, 200, null);
        assertThat(sent.headers().get("b3")).startsWith(TRACE + "-").contains("-1-");
        assertThat(sent.headers().contains("traceparent")).isFalse();
        assertThat(sent.headers().contains("x-b3-traceid")).isFalse();
    }

    @Test
    void beginsATraceWhenTheParentIsInvalidAndDropsItsState() {
        Exchange exchange =
                Exchanges.get(
                        Direction.INBOUND,
                        "traceparent",
                        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                        "tracestate",
                        "a=1");
        filter(0).onRequest(exchange);
        assertThat(Exchanges.trace(exchange).parentId()).isZero();
        assertThat(Exchanges.trace(exchange).state()).isNull();
        assertThat(Exchanges.trace(exchange).sampled()).isFalse();
    }

    @Test
    void neverOverrulesTheCallersDecision() {
        Exchange no = Exchanges.get(Direction.INBOUND, "traceparent", UNSAMPLED);
        filter(1).onRequest(no);
        assertThat(Exchanges.trace(no).sampled()).isFalse();
        Exchange yes = Exchanges.get(Direction.INBOUND, "traceparent", PARENT);
        filter(0).onRequest(yes);
        assertThat(Exchanges.trace(yes).sampled()).isTrue();
        Exchange noIds = Exchanges.get(Direction.INBOUND, "b3", "0");
        filter(1).onRequest(noIds);
        assertThat(Exchanges.trace(noIds).sampled()).isFalse();
    }

    @Test
    void samplesTheConfiguredShareOfItsOwnTraces() {
        TracingFilter filter = filter(0.25);
        int sampled = 0;
        for (int i = 0; i < 4_000; i++) {
            Exchange exchange = Exchanges.get(Direction.EDGE);
            filter.onRequest(exchange);
            sampled += Exchanges.trace(exchange).sampled() ? 1 : 0;
        }
        assertThat(sampled).isBetween(900, 1_100);
    }

    @Test
    void keepsARequestIdInsideTheMeshAndReplacesItAtTheEdge() {
        Exchange inside = Exchanges.get(Direction.INBOUND, "X-Request-Id", "abc");
        filter(0).onRequest(inside);
        assertThat(inside.requestId()).isEqualTo("abc");
        Exchange outside = Exchanges.get(Direction.EDGE, "X-Request-Id", "abc");
        filter(0).onRequest(outside);
        assertThat(outside.requestId()).isNotEqualTo("abc");
        assertThat(outside.request().headers().all("x-request-id"))
                .containsExactly(outside.requestId());
        Exchange trusted = Exchanges.get(Direction.EDGE, "X-Request-Id", "abc");
        new TracingFilter(
                        config(0, List.of(Propagation.W3C), true, false),
                        new SplittableRandom(1),
                        reporter)
                .onRequest(trusted);
        assertThat(trusted.requestId()).isEqualTo("abc");
    }

    @Test
    void makesRequestIdsThatAreVersion4Uuids() {
        TracingFilter filter = filter(0);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Exchange exchange = Exchanges.get(Direction.OUTBOUND);
            filter.onRequest(exchange);
            assertThat(exchange.requestId())
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            seen.add(exchange.requestId());
        }
        assertThat(seen).hasSize(1_000);
    }

    @Test
    void beginsAFreshTraceForAnOutsiderWhoIsNotTrusted() {
        Exchange exchange = Exchanges.get(Direction.EDGE, "traceparent", PARENT);
        new TracingFilter(
                        config(0, List.of(Propagation.W3C), false, false),
                        new SplittableRandom(1),
                        reporter)
                .onRequest(exchange);
        assertThat(Exchanges.trace(exchange).parentId()).isZero();
        assertThat(Exchanges.trace(exchange).sampled()).isFalse();
    }

    @Test
    void recordsASpanForTheExchangeAndOneForEachAttemptWithTheIdsOnTheWire() {
        Exchange exchange = Exchanges.get(Direction.EDGE, "traceparent", PARENT);
        TracingFilter filter = filter(0);
        filter.onRequest(exchange);
        exchange.service("billing");
        long second = TimeUnit.SECONDS.toNanos(1);
        Failure reset = new Failure.UpstreamReset("10.0.0.1:80", "reset", true, false);
        String first =
                Exchanges.attempt(exchange, filter, "10.0.0.1:80", second, 2 * second, 0, reset)
                        .headers()
                        .get("x-b3-spanid");
        Exchanges.attempt(exchange, filter, "10.0.0.2:80", 3 * second, 4 * second, 200, null);
        Exchanges.finish(exchange, filter, 200, 5 * second);
        assertThat(spans).hasSize(3);
        MutableSpan attempt = spans.get(0);
        assertThat(attempt.id()).isEqualTo(first);
        assertThat(attempt.traceId()).isEqualTo(TRACE);
        assertThat(attempt.kind()).isEqualTo(Span.Kind.CLIENT);
        assertThat(attempt.name()).isEqualTo("GET billing");
        assertThat(attempt.remoteServiceName()).isEqualTo("billing");
        assertThat(attempt.remoteIp()).isEqualTo("10.0.0.1");
        assertThat(attempt.tag("error")).isEqualTo("upstream-reset");
        assertThat(attempt.startTimestamp()).isEqualTo(991_000_000);
        assertThat(attempt.finishTimestamp()).isEqualTo(992_000_000);
        assertThat(attempt.tag("http.request.resend_count")).isNull();
        assertThat(spans.get(1).tag("http.request.resend_count")).isEqualTo("1");
        assertThat(spans.get(1).tag("error")).isNull();
        MutableSpan server = spans.get(2);
        assertThat(server.kind()).isEqualTo(Span.Kind.SERVER);
        assertThat(server.id()).isEqualTo(attempt.parentId());
        assertThat(server.parentId()).isEqualTo("b7ad6b7169203331");
        assertThat(server.tag("url.path")).isEqualTo("/things");
        assertThat(server.tag("http.response.status_code")).isEqualTo("200");
        assertThat(server.tag("outrider.direction")).isEqualTo("edge");
        assertThat(server.finishTimestamp() - server.startTimestamp()).isEqualTo(5_000_000);
    }

    @Test
    void anAttemptWithoutASampledTraceCostsOnlyItsHeaders() {
        TracingFilter filter = filter(0);
        // Made outside, so that only the filter's own share is measured.
        Exchange exchange = Exchanges.get(Direction.INBOUND, "traceparent", UNSAMPLED);
        RequestHead outgoing = exchange.request().copy();
        filter.onRequest(exchange);
        filter.attemptStarted(exchange, 1, "127.0.0.1:80", outgoing);
        long bytes =
                Allocation.perRound(() -> {
                    outgoing.headers().clear();
                    filter.onRequest(exchange);
                    filter.attemptStarted(exchange, 1, "127.0.0.1:80", outgoing);
                    filter.finished(exchange);
                });
        assertThat(spans).isEmpty();
        // Two contexts and the parent's text and ids; what is written is written in place.
        assertThat(bytes).isLessThan(300);
    }

    private TracingFilter filter(double sampling) {
        return new TracingFilter(
                config(sampling, TracingConfig.DEFAULTS.propagate(), false, true),
                new SplittableRandom(99),
                reporter);
    }

    static TracingConfig config(
            double sampling,
            List<Propagation> propagate,
            boolean trustRequestId,
            boolean trustTrace) {
        return new TracingConfig(
                sampling,
                URI.create("http://127.0.0.1:1/"),
                null,
                propagate,
                trustTrace,
                trustRequestId,
                100,
                8192,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }
}
