package dev.outrider.sidecar.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.resilience.RetryConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForwarderIT {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        upstream.createContext(
                "/echo",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
                    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        upstream.start();
    }

    @AfterEach
    void stopUpstream() {
        upstream.stop(0);
        client.close();
    }

    private ProxyRig rig() throws IOException {
        return new ProxyRig(
                ServiceConfigs.plain(RetryConfig.DEFAULTS, Duration.ofSeconds(5)),
                H1Limits.DEFAULTS,
                List.of(new Endpoint("127.0.0.1", upstream.getAddress().getPort())));
    }

    @Test
    void carriesRequestsAndResponsesThere_andBack() throws Exception {
        try (ProxyRig rig = rig()) {
            for (int size : new int[] {0, 1, 1000, 100_000, 3_000_000}) {
                byte[] body = new byte[size];
                new java.util.Random(size).nextBytes(body);
                HttpResponse<byte[]> response =
                        client.send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://127.0.0.1:" + rig.port() + "/echo"))
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("x-method")).contains("POST");
                assertThat(response.body()).isEqualTo(body);
            }
            assertThat(rig.finished).hasSize(5).allMatch(each -> each.failure() == null);
        }
    }

    /** Both attempts send the same head, with what each of them says of the time that is left. */
    @Test
    void aSecondAttemptSaysEachFieldOnce() throws Exception {
        Queue<List<String>> seen = new ConcurrentLinkedQueue<>();
        upstream.createContext(
                "/twice",
                exchange -> {
                    seen.add(exchange.getRequestHeaders().get(Deadline.HEADER));
                    exchange.sendResponseHeaders(seen.size() == 1 ? 503 : 200, -1);
                    exchange.close();
                });
        try (ProxyRig rig = rig()) {
            URI address = URI.create("http://127.0.0.1:" + rig.port() + "/twice");
            HttpResponse<Void> response =
                    client.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(seen).hasSize(2).allSatisfy(each -> assertThat(each).hasSize(1));
        }
    }

    @Test
    void explainsThatNobodyListens() throws Exception {
        int port = upstream.getAddress().getPort();
        upstream.stop(0);
        try (ProxyRig rig =
                new ProxyRig(
                        ServiceConfigs.plain(RetryConfig.DEFAULTS, Duration.ofSeconds(5)),
                        H1Limits.DEFAULTS,
                        List.of(new Endpoint("127.0.0.1", port)))) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + rig.port() + "/"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("\"reason\":\"connect-failed\"");
            assertThat(response.headers().firstValue("proxy-status"))
                    .hasValueSatisfying(it -> assertThat(it).contains("error=connection_refused"));
            assertThat(rig.exchange().attempts()).hasSize(3);
        }
    }
}
