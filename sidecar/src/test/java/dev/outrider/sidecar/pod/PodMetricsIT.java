package dev.outrider.sidecar.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of metrics with apps that tell theirs well, badly, or not at all. */
@SuppressWarnings("NullAway.Init") // set before each test
class PodMetricsIT {
    private static final String OPEN = "Accept: application/openmetrics-text;version=1.0.0";

    private PodRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new PodRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RawApp app(String fields, String body) throws Exception {
        return RawApp.answering("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n" + body);
    }

    @Test
    void withoutAnAppItIsTheSidecarsPage() throws Exception {
        assertThat(rig.whole("GET", "/metrics"))
                .contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n")
                .contains("outrider_app_metrics_up 0.0")
                .doesNotContain("outrider_app_scrapes");
        assertThat(rig.whole("GET", "/metrics", OPEN))
                .contains("content-type: application/openmetrics-text")
                .endsWith("# EOF\n");
    }

    @Test
    void theAppsPartFollowsInTheTextFormat() throws Exception {
        String body = "# TYPE shop_orders counter\nshop_orders 3\nprocess_x 1\n";
        try (RawApp app = app("Content-Type: text/plain; version=0.0.4", body)) {
            rig.metricsAt(app.port(), 100_000, PodRig.PATIENT);
            String page = rig.whole("GET", "/metrics");
            assertThat(page)
                    .contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n")
                    .contains("outrider_app_metrics_up 1.0")
                    .contains("outrider_app_scrapes_total{outcome=\"ok\"} 1.0")
                    .endsWith(body);
            assertThat(app.heads.getFirst())
                    .startsWith("GET /m HTTP/1.1\r\n")
                    .contains("\r\nAccept: text/plain;version=0.0.4\r\n")
                    .contains("\r\nX-Prometheus-Scrape-Timeout-Seconds: 60.0\r\n");
        }
    }

    @Test
    void thePageHasTheFormatThatTheAppHas() throws Exception {
        String body = "# TYPE shop_orders counter\nshop_orders_total 3\n# EOF\n";
        try (RawApp both =
                new RawApp(socket ->
                        socket.getOutputStream()
                                .write(
                                        ("HTTP/1.1 200 OK\r\nContent-Type:"
                                                        + " application/openmetrics-text;"
                                                        + " version=1.0.0\r\n\r\n"
                                                        + body)
                                                .getBytes(StandardCharsets.UTF_8)))) {
            rig.metricsAt(both.port(), 100_000, PodRig.PATIENT);
            String page = rig.whole("GET", "/metrics", OPEN);
            assertThat(page)
                    .contains("content-type: application/openmetrics-text; version=1.0.0")
                    .contains("outrider_app_metrics_up 1.0")
                    .endsWith(body)
                    .containsOnlyOnce("# EOF");
            assertThat(both.heads.getFirst())
                    .contains("Accept: application/openmetrics-text;version=1.0.0,text/plain;");
            assertThat(rig.whole("GET", "/metrics"))
                    .as("what was not asked for")
                    .contains("outrider_app_scrapes_total{outcome=\"format\"} 1.0")
                    .doesNotContain("shop_orders");
        }
        try (RawApp old = app("Content-Type: text/plain", "shop_orders 3\n")) {
            rig.metricsAt(old.port(), 100_000, PodRig.PATIENT);
            assertThat(rig.whole("GET", "/metrics", OPEN))
                    .contains("content-type: text/plain; version=0.0.4")
                    .endsWith("shop_orders 3\n")
                    .doesNotContain("# EOF");
        }
    }

    @Test
    void namesOfBothAndOfTheMesh() throws Exception {
        String body = "jvm_y 1\noutrider_probes_total 9\nistio_requests_total 9\n";
        rig.metrics.gauges().gauge("jvm_y", "ours", Map.of(), () -> 5);
        try (RawApp app = app("x: y", body)) {
            rig.metricsAt(app.port(), 100_000, PodRig.PATIENT);
            assertThat(rig.whole("GET", "/metrics"))
                    .contains("outrider_jvm_y 5.0\n")
                    .endsWith("\njvm_y 1\n")
                    .doesNotContain(" 9\n");
            assertThat(rig.whole("GET", "/metrics"))
                    .contains("outrider_app_metrics_dropped_total 2.0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 500 No^^^|status",
                "HTTP/1.1 302 F^location: http://elsewhere/^^|status",
                "HTTP/1.1 200 OK^content-type: text/html^^x 1|format",
                "HTTP/1.1 200 OK^content-type: text/plain^content-encoding: gzip^^x 1|format",
                "HTTP/1.1 200 OK^content-type: text/plain^^<html>|malformed",
                "HTTP/1.1 200 OK^content-length: 1025^^x|size",
                "HTTP/1.1 200 OK^content-length: 100^^x 1|broken",
                "nonsense^^|broken",
            })
    void whatCannotBeToldIsLeftOutAndCounted(String answer, String outcome) throws Exception {
        String bytes = answer.replace("^", "\r\n");
        String body = outcome.equals("size") ? "x 1\n".repeat(300) : "";
        try (RawApp app = RawApp.answering(bytes + body)) {
            rig.metricsAt(app.port(), 1024, PodRig.PATIENT);
            assertThat(rig.whole("GET", "/metrics"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("outrider_app_scrapes_total{outcome=\"" + outcome + "\"} 1.0")
                    .contains("outrider_app_metrics_up 0.0")
                    .doesNotContain("x 1");
        }
    }

    @Test
    void anAppThatHangsOrIsNotThereTakesNothingAway() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        int port;
        try (RawApp app = new RawApp(_ -> end.await())) {
            port = app.port();
            rig.metricsAt(port, 1024, Duration.ofMillis(300));
            assertThat(rig.whole("GET", "/metrics"))
                    .contains("outrider_app_scrapes_total{outcome=\"timeout\"} 1.0");
        } finally {
            end.countDown();
        }
        try (ServerSocket none = new ServerSocket(0)) {
            port = none.getLocalPort();
        }
        rig.metricsAt(port, 1024, PodRig.PATIENT);
        assertThat(rig.whole("GET", "/metrics"))
                .contains("outrider_app_scrapes_total{outcome=\"refused\"} 1.0");
    }

    @Test
    void followsTheAppToItsOtherPath() throws Exception {
        try (RawApp there = app("x: y", "shop 1\n");
                RawApp app =
                        RawApp.answering(
                                "HTTP/1.1 307 T\r\nlocation: http://127.0.0.1:"
                                        + there.port()
                                        + "/m/\r\n\r\n")) {
            rig.metricsAt(app.port(), 1024, PodRig.PATIENT);
            assertThat(rig.whole("GET", "/metrics")).endsWith("\nshop 1\n");
            assertThat(there.heads.getFirst()).startsWith("GET /m/ ");
        }
    }

    /** Two large pages are in memory at most, however many scrapers do not read theirs. */
    @Test
    void scrapersThatDoNotReadLeaveOthersTheSidecarsPart() throws Exception {
        String body = "x{a=\"%s\"} 1\n".formatted("y".repeat(8_000)).repeat(1_000);
        List<Socket> lazy = new ArrayList<>();
        try (RawApp app = app("x: y", body)) {
            rig.metricsAt(app.port(), 10_000_000, Duration.ofMillis(500));
            for (int i = 0; i < 2; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(1024);
                socket.connect(rig.address());
                socket.getOutputStream()
                        .write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                lazy.add(socket);
            }
            await().atMost(PodRig.PATIENT)
                    .until(() -> rig.metrics.scrape().contains("{outcome=\"ok\"} 2.0"));
            assertThat(rig.whole("GET", "/metrics"))
                    .contains("outrider_app_scrapes_total{outcome=\"busy\"} 1.0");
            for (Socket each : lazy) {
                each.close();
            }
            await().atMost(PodRig.PATIENT)
                    .untilAsserted(
                            () -> assertThat(rig.whole("GET", "/metrics")).contains("yyy\"} 1\n"));
        }
    }
}
