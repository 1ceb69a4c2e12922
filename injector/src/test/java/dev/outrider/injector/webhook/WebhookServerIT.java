package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.Json;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.ApiServerCaller;
import dev.outrider.injector.Reviews;
import dev.outrider.injector.TestAuthority;
import dev.outrider.injector.metrics.Metrics;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.pod.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Over real TLS, with the documents that an API server sends. */
class WebhookServerIT {
    private final Instant now = Instant.now();
    private final TestAuthority authority = new TestAuthority(now);
    private final TestAuthority next = new TestAuthority(now);
    private final AtomicReference<ServingCertificate> handed = new AtomicReference<>();
    private final AtomicReference<List<X509Certificate>> caBundle = new AtomicReference<>();
    private final AtomicReference<List<String>> unready = new AtomicReference<>(List.of());
    private final Metrics metrics = new Metrics();
    private volatile Namespaces namespaces =
            _ -> new Namespaces.Namespace(Map.of("outrider.dev/inject", "enabled"), Map.of());
    private CertificateKeeper keeper;
    private WebhookServer server;
    private ApiServerCaller caller;

    @BeforeEach
    void start() throws Exception {
        caBundle.set(authority.roots());
        hand(authority);
        keeper =
                new CertificateKeeper(
                        new CertificateSource() {
                            @Override
                            public ServingCertificate newest(
                                    @Nullable ServingCertificate known, Instant at) {
                                return handed.get();
                            }

                            @Override
                            public List<X509Certificate> roots(Instant at) {
                                return authority.roots();
                            }
                        },
                        () -> Optional.of(new ApiServerTrust.Seen(caBundle.get(), Instant.EPOCH)));
        keeper.look(now);
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        server =
                WebhookServer.start(
                        new WebhookServer.Ports(any, any),
                        new Admission(
                                () -> new PodInjector(InjectionConfig.DEFAULTS),
                                name -> namespaces.named(name),
                                () -> Optional.of(new ServerVersion(1, 33))),
                        keeper,
                        metrics,
                        unready::get);
        caller = new ApiServerCaller(server.ports().webhook().getPort());
    }

    @AfterEach
    void stop() throws Exception {
        caller.close();
        server.close();
    }

    @ParameterizedTest
    @MethodSource("dev.outrider.injector.Reviews#names")
    void eachReviewIsAnsweredWithItsUid(String name) throws Exception {
        ApiServerCaller.Answer answer = caller.review(caBundle.get(), Reviews.text(name));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(Fields.text(answer.json(), "response", "uid"))
                .isEqualTo(Fields.text(Reviews.json(name), "request", "uid"));
    }

    @Test
    void aPodThatOpensConnectionsWithoutEndDoesNotKeepTheApiServerOut() throws Exception {
        assertThat(caller.review(caBundle.get(), Reviews.text("job")).status()).isEqualTo(200);
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 1100; i++) {
                Socket socket = new Socket();
                flood.add(socket);
                socket.bind(new InetSocketAddress("127.0.0.2", 0));
                socket.connect(server.ports().webhook(), 60_000);
            }
            try (ApiServerCaller another =
                    new ApiServerCaller(server.ports().webhook().getPort())) {
                assertThat(another.review(caBundle.get(), Reviews.text("job")).status())
                        .isEqualTo(200);
            }
            flood.getFirst().setSoTimeout(60_000);
            assertThat(flood.getFirst().getInputStream().read()).as("gave way").isEqualTo(-1);
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void whatIsNoReviewGetsAStatusThatTheApiServerUnderstands() throws Exception {
        expect(400, "BadRequest", call("POST", "/inject", "application/json", "{"));
        expect(404, "NotFound", call("POST", "/mutate", "application/json", "{}"));
        expect(405, "MethodNotAllowed", call("GET", "/inject", "application/json", ""));
        expect(415, "UnsupportedMediaType", call("POST", "/inject", "text/plain", "{}"));
        namespaces =
                _ -> {
                    throw new IOException("away");
                };
        expect(
                503,
                "ServiceUnavailable",
                call("POST", "/inject", "application/json", Reviews.text("job")));
        namespaces =
                _ -> {
                    throw new IllegalStateException("a mistake of ours");
                };
        expect(
                500,
                "InternalError",
                call("POST", "/inject", "application/json", Reviews.text("job")));
        assertThat(metrics.text())
                .contains("outrider_injector_admissions_total{result=\"error\"} 6");
    }

    @Test
    void aPodOfThreeMegabytesIsInjectedAndAReviewBeyondAllBoundsIsRefused() throws Exception {
        ApiServerCaller.Answer large = caller.review(caBundle.get(), padded(3 << 20));
        assertThat(large.status()).isEqualTo(200);
        assertThat(Fields.map(large.json(), "response")).containsKey("patch");

        ApiServerCaller.Answer tooLarge =
                caller.review(caBundle.get(), padded(BodyReader.LARGEST + 1));
        expect(413, "RequestEntityTooLarge", tooLarge);
        assertThat(tooLarge.body()).contains("at most " + BodyReader.LARGEST + " bytes");
        assertThat(caller.review(caBundle.get(), Reviews.text("job")).status()).isEqualTo(200);
    }

    @Test
    void aRotationOfRootAndCertificateFailsNoCallAndClosesNoConnection() throws Exception {
        List<Phaser> answered = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicReference<Boolean> go = new AtomicReference<>(true);
        List<Thread> threads = new ArrayList<>();
        for (int each = 0; each < 4; each++) {
            boolean keeps = each % 2 == 0;
            Phaser own = new Phaser(1);
            answered.add(own);
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try (ApiServerCaller api =
                                        new ApiServerCaller(server.ports().webhook().getPort())) {
                                    while (go.get()) {
                                        if (api.review(caBundle.get(), Reviews.text("deployment"))
                                                        .status()
                                                != 200) {
                                            throw new IOException("refused");
                                        }
                                        var _ = own.arrive();
                                        if (!keeps) {
                                            api.hangUp(); // the next one shakes hands anew
                                        }
                                    }
                                } catch (IOException | RuntimeException e) {
                                    failures.add(e);
                                    var _ = own.arriveAndDeregister(); // nobody waits for it
                                }
                            }));
        }
        caller.review(caBundle.get(), Reviews.text("deployment"));
        for (int rotation = 0; rotation < 3; rotation++) {
            TestAuthority to = rotation % 2 == 0 ? next : authority;
            List<X509Certificate> both = new ArrayList<>(authority.roots());
            both.addAll(next.roots());
            hand(to);
            keeper.look(now); // not trusted yet: stays
            afterTwoCallsOfEach(answered);
            caBundle.set(both);
            afterTwoCallsOfEach(answered);
            keeper.look(now.plusSeconds(60));
            afterTwoCallsOfEach(answered);
            caBundle.set(to.roots());
            afterTwoCallsOfEach(answered);
            assertThat(keeper.shown()).isEqualTo(handed.get());
        }
        go.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(caller.review(caBundle.get(), Reviews.text("deployment")).status())
                .as("a connection from before the first rotation")
                .isEqualTo(200);
    }

    @Test
    void theApiServerTakesNoCertificateOfAnotherRoot() throws Exception {
        try (ApiServerCaller stranger = new ApiServerCaller(server.ports().webhook().getPort())) {
            assertThatThrownBy(() -> stranger.review(next.roots(), Reviews.text("job")))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void healthSaysWhatIsMissing() throws Exception {
        assertThat(get("/live").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        unready.set(List.of("namespaces are not known yet"));
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).contains("namespaces are not known yet");
        caller.review(caBundle.get(), Reviews.text("job"));
        assertThat(get("/metrics").body())
                .contains("outrider_injector_admissions_total{result=\"injected\"} 1")
                .contains("outrider_injector_admission_duration_seconds_count 1");
        assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void endingAnswersWhatIsUnderWayAndLetsConnectionsGo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Namespaces quick = namespaces;
        namespaces =
                name -> {
                    asked.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return quick.named(name);
                };
        AtomicReference<ApiServerCaller.Answer> slow = new AtomicReference<>();
        Thread call =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                slow.set(caller.review(caBundle.get(), Reviews.text("deployment")));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        asked.await();
        Thread end =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                server.drain(Duration.ofSeconds(1), Duration.ofSeconds(60));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        while (get("/ready").statusCode() == 200) {
            Thread.onSpinWait();
        }
        assertThat(get("/ready").body()).startsWith("ending");
        namespaces = quick;
        try (ApiServerCaller late = new ApiServerCaller(server.ports().webhook().getPort())) {
            ApiServerCaller.Answer answer = late.review(caBundle.get(), Reviews.text("job"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("connection", "close");
        }
        go.countDown();
        call.join();
        end.join();
        assertThat(slow.get().status()).isEqualTo(200);
    }

    private void hand(TestAuthority from) {
        X509Svid svid = from.issue(now, Duration.ofHours(24));
        handed.set(new ServingCertificate(svid.key(), svid.chain()));
    }

    private ApiServerCaller.Answer call(String method, String path, String type, String body)
            throws IOException {
        return caller.call(caBundle.get(), method, path, type, body);
    }

    private static void expect(int status, String reason, ApiServerCaller.Answer answer) {
        assertThat(answer.status()).isEqualTo(status);
        Map<String, @Nullable Object> json = answer.json();
        assertThat(json).containsEntry("kind", "Status").containsEntry("apiVersion", "v1");
        assertThat(json).containsEntry("reason", reason).containsEntry("status", "Failure");
        assertThat(Fields.text(json, "message").orElse("")).isNotEmpty();
    }

    private static String padded(int size) {
        Map<String, @Nullable Object> review = Reviews.json("deployment");
        Map<String, @Nullable Object> request = Fields.map(review, "request");
        Map<String, @Nullable Object> object = Fields.map(request, "object");
        Map<String, @Nullable Object> metadata = Fields.map(object, "metadata");
        metadata.put("annotations", Map.of("example.com/padding", "x".repeat(size)));
        object.put("metadata", metadata);
        request.put("object", object);
        review.put("request", request);
        return Json.write(review);
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.ports().health().getPort() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /** So nobody is in a handshake that began with what was trusted before. */
    private static void afterTwoCallsOfEach(List<Phaser> answered) {
        for (Phaser each : answered) {
            int next = each.awaitAdvance(each.getPhase());
            var _ = each.awaitAdvance(next);
        }
    }
}
