package dev.outrider.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private final FakeSidecar sidecar = new FakeSidecar();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server = start("127.0.0.1:0", Duration.ofSeconds(60));

    private AdminServer start(String address, Duration timeout) {
        try {
            return AdminServer.start(
                    new AdminConfig(true, IpPort.parse(address), List.of("admin.local"), timeout),
                    sidecar.views(),
                    Ticker.system());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void isOpen() {
        assertThat(server.address().getPort()).isPositive();
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    private HttpResponse<String> call(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String say(String request) throws IOException {
        return RawHttp.say(server.address(), request);
    }

    @Test
    void tellsLiveAndReady() throws Exception {
        assertThat(call("GET", "/live").statusCode()).isEqualTo(200);
        assertThat(call("GET", "/ready").statusCode()).isEqualTo(200);
        sidecar.live.set(false);
        sidecar.ready.set(
                new Readiness(
                        List.of(
                                new Readiness.Check("identity", true, "valid"),
                                new Readiness.Check("routes", false, "none yet"))));
        assertThat(call("GET", "/live").statusCode()).isEqualTo(503);
        HttpResponse<String> ready = call("GET", "/healthz/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("\"ready\" : false").contains("\"text\" : \"none yet\"");
    }

    @Test
    void handsTheAcceptFieldToTheMetrics() throws Exception {
        HttpResponse<String> scrape = call("GET", "/metrics", "accept", "application/x");
        assertThat(scrape.body()).isEqualTo("up 1\n");
        assertThat(scrape.headers().firstValue("content-type"))
                .contains("text/plain; of=application/x");
        assertThat(call("GET", "/stats/prometheus").body()).isEqualTo("up 1\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/config_dump, name",
        "/clusters, ewmaMillis",
        "/kubernetes, meshed",
        "/listeners, 0.0.0.0:15006",
        "/certs, 2026-01-01T00:01:00Z",
        "/breakers, rejected",
        "/logging, ROOT",
        "/server_info, uptimeSeconds"
    })
    void showsItsViewsAsJson(String path, String word) throws Exception {
        HttpResponse<String> answer = call("GET", path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        assertThat(new JsonMapper().readTree(answer.body()).isObject()).isTrue();
        assertThat(answer.body()).contains(word);
        assertThat(call("GET", path).body()).as("stable").isEqualTo(answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "/breakers/billing%7C10.0.0.1:80/force-open, billing|10.0.0.1:80 FORCE_OPEN",
        "/breakers/billing%7C10.0.0.1:80/force-close, billing|10.0.0.1:80 FORCE_CLOSE",
        "/breakers/billing%7C10.0.0.1:80/reset, billing|10.0.0.1:80 RESET",
        "/drain_listeners, drain",
        "/reopen_logs, reopen",
        "/quitquitquit, shutdown"
    })
    void changesByPostOnly(String path, String action) throws Exception {
        HttpResponse<String> refused = call("GET", path);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow")).contains("POST");
        assertThat(call("HEAD", path).statusCode()).isEqualTo(405);
        assertThat(sidecar.done).isEmpty();
        assertThat(call("POST", path).statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(sidecar.done).containsExactly(action));
    }

    @Test
    void viewsTakeNoPost() throws Exception {
        HttpResponse<String> answer = call("POST", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void anUnknownBreakerIs404() throws Exception {
        assertThat(call("POST", "/breakers/nobody/reset").statusCode()).isEqualTo(404);
        assertThat(call("POST", "/breakers//reset").statusCode()).isEqualTo(404);
    }

    @Test
    void setsALogLevelAndRefusesAWrongOne() throws Exception {
        assertThat(call("POST", "/logging?logger=a.b&level=debug").body())
                .contains("\"a.b\" : \"debug\"");
        HttpResponse<String> wrong = call("POST", "/logging?logger=a.b&level=loud");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).startsWith("expected a level");
    }

    @Test
    void anUnknownAddressListsTheKnownOnes() throws Exception {
        HttpResponse<String> answer = call("GET", "/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"/config_dump\"").contains("\"/quitquitquit\"");
    }

    @Test
    void thePageForPeopleLoadsNothingAndEscapes() throws Exception {
        HttpResponse<String> page = call("GET", "/");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .startsWith("default-src 'none'");
        assertThat(page.body())
                .contains("&lt;script&gt;alert(&#39;x&#39;)")
                .doesNotContain("<script")
                .doesNotContain("http://")
                .contains("<a href=\"/clusters\">")
                .contains("POST /quitquitquit")
                .contains("healthy, ejected")
                .contains("<td>&lt;late&gt;</td>");
    }

    @Test
    void headHasTheHeadOfGetAndNoBody() throws Exception {
        String answer = say("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("content-length: 5\r\n");
        assertThat(answer).endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 421",
        "evil.example:15000, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "'', 400",
        "a b, 400",
        "localhost, 200",
        "LOCALHOST:15000, 200",
        "10.1.2.3:15000, 200",
        "[::1]:15000, 200",
        "admin.local, 200"
    })
    void onlyKnownHostsAreServed(String host, int status) throws IOException {
        assertThat(say("GET /config_dump HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
        assertThat(say("GET /nothing HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + (status == 200 ? 404 : status) + " ");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin: http://evil.example, 403",
        "Origin: http://127.0.0.1:9999, 403",
        "Origin: null, 403",
        "Origin: http://:::, 403",
        "Sec-Fetch-Site: cross-site, 403",
        "Sec-Fetch-Site: same-site, 403",
        "Sec-Fetch-Site: same-origin, 200",
        "Origin: http://localhost:15000, 200",
        "X-Nothing: x, 200"
    })
    void changesAreNotTakenFromOtherSites(String header, int status) throws IOException {
        String request =
                "POST /drain_listeners HTTP/1.1\r\nHost: localhost:15000\r\n" + header + "\r\n\r\n";
        assertThat(say(request)).startsWith("HTTP/1.1 " + status + " ");
        assertThat(sidecar.done).hasSize(status == 200 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "get / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\nHost: localhost\n\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\na: \0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\ncontent-length: x\r\n\r\n",
                "GET /?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "\u0016\u0003\u0001 tls hello\r\n\r\n"
            })
    void malformedRequestsAre400(String request) throws IOException {
        assertThat(say(request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    @Test
    void longOnesAreRefused() throws IOException {
        String start = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(say(start + "a: " + "x".repeat(17_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(say(start + "content-length: 5000\r\n\r\n")).startsWith("HTTP/1.1 413 ");
        assertThat(say(start + "transfer-encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 501 ");
        assertThat(say(start + "content-length: 4\r\n\r\nbody")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aFaultInAViewIsA500WithoutItsText() throws Exception {
        sidecar.config.set(new Object());
        HttpResponse<String> answer = call("GET", "/config_dump");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("the sidecar failed to answer; its log says why\n");
    }

    @Test
    void slowClientsAreEndedAtTheDeadline() throws IOException {
        try (AdminServer quick = start("127.0.0.1:0", Duration.ofMillis(300));
                Socket silent = RawHttp.connect(quick.address());
                Socket unread = RawHttp.connect(quick.address())) {
            silent.getOutputStream().write('G');
            sidecar.metrics.set("x".repeat(50_000_000));
            unread.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes("US-ASCII"));
            assertThat(RawHttp.hear(silent)).isEmpty();
            await().atMost(Duration.ofSeconds(30)).until(() -> quick.connections() == 0);
        }
    }

    @Test
    void idleConnectionsGiveWayToNewOnes() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                idle.add(RawHttp.connect(server.address()));
            }
            assertThat(say("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(server.connections()).isLessThanOrEqualTo(64);
            assertThat(RawHttp.hear(idle.getFirst())).isEmpty();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void aTakenPortIsSaidInASentence() {
        AdminConfig taken =
                new AdminConfig(
                        true,
                        new IpPort(server.address().getAddress(), server.address().getPort()),
                        List.of(),
                        Duration.ofSeconds(1));
        assertThatThrownBy(() -> AdminServer.start(taken, sidecar.views(), Ticker.system()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the admin port 127.0.0.1:" + taken.address().port())
                .hasMessageContaining("set another 'admin.listen'");
    }

    @Test
    void closingEndsWhatIsOpen() throws IOException {
        try (Socket idle = RawHttp.connect(server.address())) {
            idle.getOutputStream().write('G');
            await().until(() -> server.connections() == 1);
            server.close();
            assertThat(RawHttp.hear(idle)).isEmpty();
        }
    }
}
