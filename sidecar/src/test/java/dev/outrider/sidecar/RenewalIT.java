package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and token keys change while web calls orders without a pause. */
class RenewalIT {
    /** Renewed after 30 to 42 s; the rest is slack for a busy machine. */
    private static final Duration LIFE = Duration.ofSeconds(60);

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Mesh mesh;
    private EchoApp app;
    private Sidecar web;
    private Sidecar orders;
    private Load load;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder, LIFE, Mesh.tokenKeysChangeEvery(Duration.ofSeconds(20)));
        app = new EchoApp();
        orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + """
                                inbound:
                                  listen: 127.0.0.1:0
                                  app: %s
                                  jwt: {audience: [orders], jwks: {refresh: 5s, refetchEvery: 1s}}
                                """
                                        .formatted(app.address()));
        web =
                mesh.start(
                        "web",
                        mesh.identity(Mesh.WEB)
                                + """
                                outbound:
                                  listen: 127.0.0.1:0
                                  services:
                                    orders:
                                      hosts: [orders]
                                      endpoints: {static: ["127.0.0.1:%d"]}
                                      audience: orders
                                      timeout: 30s
                                      retry: {attempts: 0}
                                """
                                        .formatted(port(orders, "inbound")));
        load = new Load(port(web, "outbound"));
    }

    @AfterEach
    void stop() throws Exception {
        load.close();
        mesh.close();
        app.close();
    }

    private static int port(Sidecar sidecar, String listener) {
        InetSocketAddress address = Objects.requireNonNull(sidecar.address(listener));
        return address.getPort();
    }

    @Test
    void nothingFailsWhileIdentitiesAndKeysAreRenewedAndTheAuthorityIsAway() throws Exception {
        String first = mesh.token(mesh.svid(Mesh.WEB), "orders");
        await().atMost(PATIENCE).until(() -> renewals(web) >= 1 && renewals(orders) >= 1);
        String second = mesh.token(mesh.svid(Mesh.WEB), "orders");
        assertThat(kid(second)).isNotEqualTo(kid(first));
        assertThat(List.of(called(first), called(second))).containsExactly(200, 200);

        mesh.stopAuthority();
        await().atMost(PATIENCE).until(() -> failures(web) >= 1);
        RawClient.Answer ready = RawClient.get(port(web, "admin"), "localhost", "/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body()).contains("not renewed").contains("our clock says");

        double before = renewals(web);
        mesh.startAuthority();
        await().atMost(PATIENCE).until(() -> renewals(web) > before && failures(web) == 0);
        load.close();
        assertThat(load.failures).isEmpty();
        assertThat(load.good).hasPositiveValue();
    }

    private int called(String token) throws Exception {
        return RawClient.secure(
                        port(orders, "inbound"),
                        mesh.svid(Mesh.WEB),
                        "/",
                        "workload-identity-token: " + token)
                .status();
    }

    private static String kid(String token) {
        return new String(
                java.util.Base64.getUrlDecoder().decode(token.split("\\.", -1)[0]),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    private static double renewals(Sidecar sidecar) throws IOException {
        return metric(sidecar, "identity_cert_refresh_count_total");
    }

    private static double failures(Sidecar sidecar) throws IOException {
        return metric(sidecar, "outrider_identity_failures");
    }

    private static double metric(Sidecar sidecar, String name) throws IOException {
        String all = RawClient.get(port(sidecar, "admin"), "localhost", "/metrics").body();
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(all);
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    /** One call after the other, as fast as they are answered. */
    private static final class Load implements AutoCloseable {
        final List<String> failures = new CopyOnWriteArrayList<>();
        final AtomicInteger good = new AtomicInteger();
        private final int port;
        private final Thread thread;
        private volatile boolean closed;

        Load(int port) {
            this.port = port;
            this.thread = Thread.ofPlatform().name("load").start(this::run);
        }

        private void run() {
            while (!closed) {
                try {
                    RawClient.Answer answer = RawClient.get(port, "orders", "/" + good.get());
                    if (answer.status() == 200) {
                        good.incrementAndGet();
                    } else {
                        failures.add(answer.status() + " " + answer.body());
                    }
                } catch (IOException e) {
                    failures.add(e.toString());
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
