package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a route does while its service's breaker is open, and what one client may take of the door.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class EdgeGuardsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger status = new AtomicInteger(500);
    private final AtomicInteger called = new AtomicInteger();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private HttpServer app;
    private Mesh mesh;
    private int port;
    private int admin;
    private int narrow;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.setExecutor(threads);
        app.createContext("/", this::answer);
        app.start();
        Sidecar edge = edge("edge", "concurrent: {requests: 2}, networks: {deny: [192.0.2.66/32]}");
        port = port(edge, "edge-plain");
        admin = port(edge, "admin");
        narrow = port(edge("narrow", "connections: 3"), "edge-plain");
    }

    private void answer(HttpExchange exchange) throws IOException {
        called.incrementAndGet();
        try {
            if (exchange.getRequestURI().getPath().startsWith("/slow")) {
                mayAnswer.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean slow = exchange.getRequestURI().getPath().startsWith("/slow");
        byte[] body = "the app".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(slow ? 200 : status.get(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Sidecar edge(String name, String clients) throws Exception {
        String app = "127.0.0.1:" + this.app.getAddress().getPort();
        return mesh.start(
                name,
                """
                profile: edge
                name: edge
                accessLog: {output: "off"}
                admin: {listen: "127.0.0.1:0"}
                runtime: {loops: 1}
                edge:
                  http: {listen: "127.0.0.1:0", redirect: false}
                  clients: {address: {trustedProxies: [127.0.0.0/8]}, %s}
                  services:
                    app: {hosts: [app], endpoints: {static: ["%s"]}, mtls: false}
                    weak:
                      hosts: [weak]
                      endpoints: {static: ["%s"]}
                      mtls: false
                      retry: {attempts: 0}
                      breaker: {failureRate: 50%%, minimumRequests: 4, window: 60s, openFor: 10m}
                  routes:
                    - name: refuse
                      match: {path: {prefix: /refuse}}
                      service: weak
                      auth: {anonymous: true}
                    - name: answer
                      match: {path: {prefix: /answer}}
                      service: weak
                      auth: {anonymous: true}
                      openBreaker: {then: answer, status: 202, contentType: text/x-later, body: "later"}
                    - name: try
                      match: {path: {prefix: /try}}
                      service: weak
                      auth: {anonymous: true}
                      openBreaker: {then: try}
                    - name: slow
                      match: {path: {prefix: /slow}}
                      service: app
                      auth: {anonymous: true}
                    - name: health
                      match: {path: {exact: /health}}
                      answer: {body: "well"}
                """
                        .formatted(clients, app, app));
    }

    private static int port(Sidecar edge, String name) {
        return Objects.requireNonNull(edge.address(name)).getPort();
    }

    @AfterAll
    void stop() throws Exception {
        mayAnswer.countDown();
        mesh.close();
        app.stop(0);
        threads.shutdownNow();
    }

    private RawClient.Answer get(String path, String... fields) throws IOException {
        return RawClient.get(port, "h", path, fields);
    }

    @Test
    void anOpenBreakerDoesAsTheRouteSays() throws Exception {
        // While it is closed they hand on what the service says.
        for (String path : List.of("/refuse", "/answer", "/refuse", "/answer")) {
            assertThat(get(path).status()).isEqualTo(500);
        }
        status.set(200);
        int before = called.get();
        RawClient.Answer refused = get("/refuse");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("\"reason\":\"circuit-open\"");
        assertThat(refused.header("retry-after")).matches("[0-9]+");
        RawClient.Answer answered = get("/answer");
        assertThat(answered.status()).isEqualTo(202);
        assertThat(answered.body()).isEqualTo("later");
        assertThat(answered.header("content-type")).isEqualTo("text/x-later");
        assertThat(answered.header("proxy-status")).contains("fallback");
        assertThat(called.get()).as("nobody was called").isEqualTo(before);
        for (int i = 0; i < 5; i++) {
            assertThat(get("/try").body()).isEqualTo("the app");
        }
        assertThat(called.get()).isEqualTo(before + 5);
        // What is tried all the same says nothing to the breaker.
        assertThat(get("/refuse").status()).isEqualTo(503);
    }

    @Test
    void oneClientHasOnlySoManyRequestsUnderWay() throws Exception {
        int before = called.get();
        List<CompletableFuture<Integer>> slow = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            slow.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return get("/slow", "X-Forwarded-For: 192.0.2.1").status();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            threads));
        }
        await().atMost(PATIENCE).until(() -> called.get() >= before + 2);
        RawClient.Answer third = get("/health", "X-Forwarded-For: 192.0.2.1");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.header("retry-after")).isEqualTo("1");
        assertThat(RawClient.get(admin, "localhost", "/metrics").body())
                .contains("outrider_edge_clients_under_way 1.0")
                .contains("outrider_edge_concurrent_refused_total 1.0");
        assertThat(get("/health", "X-Forwarded-For: 192.0.2.2").status()).isEqualTo(200);
        mayAnswer.countDown();
        for (CompletableFuture<Integer> each : slow) {
            assertThat(each.get()).isEqualTo(200);
        }
        await().atMost(PATIENCE)
                .until(() -> get("/health", "X-Forwarded-For: 192.0.2.1").status() == 200);
    }

    @Test
    void anAddressThatIsDeniedGetsNothing() throws Exception {
        RawClient.Answer answer = get("/health", "X-Forwarded-For: 192.0.2.66");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("\"reason\":\"address-denied\"");
    }

    @Test
    void oneClientHasOnlySoManyConnections() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(new Socket(InetAddress.getLoopbackAddress(), narrow));
            }
            try (Socket fourth = new Socket(InetAddress.getLoopbackAddress(), narrow)) {
                fourth.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(fourth.getInputStream().read()).isEqualTo(-1);
            }
            open.removeFirst().close();
            await().atMost(PATIENCE).until(this::isServed);
        } finally {
            for (Socket each : open) {
                each.close();
            }
        }
    }

    private boolean isServed() {
        try {
            return RawClient.get(narrow, "h", "/health").status() == 200;
        } catch (IOException e) {
            return false; // closed at once
        }
    }
}
