package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans against the real Zipkin: read back, lost when it is gone, never waited for. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ZipkinIT {
    private static final Ticker TICKER = Ticker.system();
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MANY = 20_000;

    /** One proxy's tracing. */
    private record Hop(SpanReporter spans, TracingFilter filter) {
        static Hop of(String name, TracingConfig config, long seed) {
            SpanReporter spans =
                    SpanReporter.open(
                            config,
                            new Workload(name, "shop", null),
                            TICKER,
                            InstantSource.system());
            return new Hop(spans, new TracingFilter(config, new SplittableRandom(seed), spans));
        }

        /** Plays an exchange with a failed first attempt if asked, and gives the head it sent. */
        RequestHead pass(
                Direction direction, @Nullable String service, Headers came, boolean retry) {
            long now = TICKER.nanos();
            String[] fields = new String[came.size() * 2];
            for (int i = 0; i < came.size(); i++) {
                fields[2 * i] = came.name(i);
                fields[2 * i + 1] = came.value(i);
            }
            Exchange exchange =
                    Exchanges.of(direction, "GET", "/things/7", now - 9 * MILLI, fields);
            filter.onRequest(exchange);
            if (service != null) {
                exchange.service(service);
            }
            if (retry) {
                Failure failure = new Failure.ConnectFailed("10.0.0.8:80", "refused");
                Exchanges.attempt(
                        exchange,
                        filter,
                        "10.0.0.8:80",
                        now - 8 * MILLI,
                        now - 7 * MILLI,
                        0,
                        failure);
            }
            RequestHead sent =
                    Exchanges.attempt(
                            exchange,
                            filter,
                            "10.0.0.9:80",
                            now - 6 * MILLI,
                            now - MILLI,
                            200,
                            null);
            Exchanges.finish(exchange, filter, 200, now);
            return sent;
        }
    }

    @Test
    void aTraceOverThreeHopsIsReadBackAndDrawnAsAGraphThenZipkinIsKilled() throws Exception {
        try (ZipkinProcess zipkin = ZipkinProcess.start()) {
            TracingConfig config = config(zipkin.spans(), 1, 10_000, Duration.ofSeconds(5));
            Hop web = Hop.of("web", config, 1);
            Hop orders = Hop.of("orders", config, 2);
            Hop billing = Hop.of("billing", config, 3);
            Headers fromWeb = trace(web.pass(Direction.OUTBOUND, "orders", new Headers(), true));
            Headers toApp = trace(orders.pass(Direction.INBOUND, null, fromWeb, false));
            Headers fromOrders = trace(orders.pass(Direction.OUTBOUND, "billing", toApp, false));
            billing.pass(Direction.INBOUND, null, fromOrders, false);
            for (Hop hop : List.of(web, orders, billing)) {
                hop.spans.close();
                assertThat(hop.spans.dropped()).isZero();
            }
            String id = String.valueOf(fromWeb.get("x-b3-traceid"));
            await().atMost(Duration.ofSeconds(30)).until(() -> zipkin.trace(id).size() == 9);
            checkTrace(zipkin.trace(id), fromWeb, fromOrders);
            checkGraph(zipkin);
            Hop later = Hop.of("web", config(zipkin.spans(), 1, 100, Duration.ofSeconds(1)), 4);
            zipkin.kill();
            dropsAndCounts(later);
        }
    }

    private static void checkTrace(JsonNode spans, Headers fromWeb, Headers fromOrders) {
        List<String> ids = new ArrayList<>();
        List<String> parents = new ArrayList<>();
        int errors = 0;
        int resent = 0;
        for (JsonNode span : spans) {
            ids.add(span.get("id").asText());
            if (span.has("parentId")) {
                parents.add(span.get("parentId").asText());
            }
            assertThat(span.get("duration").asLong()).isBetween(1_000L, 9_000L);
            assertThat(span.get("name").asText()).startsWith("get");
            errors += span.get("tags").has("error") ? 1 : 0;
            resent += span.get("tags").has("http.request.resend_count") ? 1 : 0;
        }
        assertThat(ids).doesNotHaveDuplicates().contains(fromWeb.get("x-b3-spanid"));
        assertThat(ids).contains(fromOrders.get("x-b3-spanid"));
        assertThat(ids).as("no span hangs in the air").containsAll(parents);
        assertThat(parents).as("one root").hasSize(8);
        assertThat(errors).isEqualTo(1);
        assertThat(resent).isEqualTo(1);
    }

    private static void checkGraph(ZipkinProcess zipkin) {
        long now = System.currentTimeMillis();
        JsonNode links =
                zipkin.json("/api/v2/dependencies?endTs=" + (now + 60_000) + "&lookback=600000");
        TreeSet<String> edges = new TreeSet<>();
        links.forEach(
                link -> edges.add(link.get("parent").asText() + ">" + link.get("child").asText()));
        assertThat(edges).containsExactly("orders>billing", "web>orders");
    }

    private static void dropsAndCounts(Hop hop) {
        record(hop);
        await().atMost(Duration.ofSeconds(30)).until(() -> hop.spans.failedPosts() > 0);
        hop.spans.close();
        assertThat(hop.spans.recorded()).isEqualTo(2L * MANY);
        assertThat(hop.spans.dropped()).isEqualTo(2L * MANY);
    }

    @Test
    void recordingDoesNotWaitForAZipkinThatNeverAnswers() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI address = URI.create("http://127.0.0.1:" + mute.getLocalPort() + "/api/v2/spans");
            Hop hop = Hop.of("web", config(address, 1, 100, Duration.ofMinutes(3)), 5);
            record(hop);
            // The first post has minutes left and still everything is recorded and dropped.
            assertThat(hop.spans.failedPosts()).isZero();
            assertThat(hop.spans.recorded()).isEqualTo(2L * MANY);
            assertThat(hop.spans.dropped()).isGreaterThan(2L * MANY - 1_000);
        }
    }

    private static void record(Hop hop) {
        for (int i = 0; i < MANY; i++) {
            hop.pass(Direction.OUTBOUND, "orders", new Headers(), false);
        }
    }

    /** What an app has to pass on: the trace headers and nothing else. */
    private static Headers trace(RequestHead sent) {
        Headers headers = new Headers();
        for (String name : List.of("traceparent", "x-b3-traceid", "x-b3-spanid", "x-request-id")) {
            headers.add(name, String.valueOf(sent.headers().get(name)));
        }
        return headers;
    }

    private static TracingConfig config(URI zipkin, double sampling, int queue, Duration timeout) {
        return new TracingConfig(
                sampling,
                zipkin,
                null,
                List.of(Propagation.W3C, Propagation.B3),
                true,
                false,
                queue,
                8192,
                Duration.ofMillis(200),
                timeout,
                Duration.ofSeconds(5));
    }
}
