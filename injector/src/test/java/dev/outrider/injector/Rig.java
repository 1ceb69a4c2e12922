package dev.outrider.injector;

import static org.awaitility.Awaitility.await;

import dev.outrider.certs.Json;
import dev.outrider.certs.Pem;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Watch;
import dev.outrider.injector.webhook.WebhookServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A cluster's double with what the manifests put there, and the words to look at it. */
final class Rig implements AutoCloseable {
    static final String CONFIGURATION =
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/outrider-injector";
    static final String LEASE =
            "/apis/coordination.k8s.io/v1/namespaces/outrider-system/leases/outrider-injector";

    final FakeKubernetes fake;

    Rig() throws IOException {
        fake = FakeKubernetes.start();
        fake.namespace("outrider-system", Map.of());
        fake.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
        fake.namespace("other", Map.of());
        fake.put(CONFIGURATION, configuration("", ""));
        fake.put(
                "/api/v1/namespaces/outrider-system/configmaps/outrider-mesh",
                Map.of(
                        "metadata", Map.of("name", "outrider-mesh"),
                        "data", Map.of("mesh.yaml", "profile: sidecar\n")));
    }

    static Map<String, @Nullable Object> configuration(String... bundles) {
        List<Map<String, Object>> entries =
                List.of(bundles).stream()
                        .map(bundle ->
                                Map.<String, Object>of(
                                        "name",
                                        "entry.outrider.dev",
                                        "clientConfig",
                                        Map.of(
                                                "service",
                                                Map.of(
                                                        "name", "outrider-injector",
                                                        "namespace", "outrider-system",
                                                        "path", "/inject"),
                                                "caBundle",
                                                bundle)))
                        .toList();
        return Json.object(
                Json.write(
                        Map.of(
                                "apiVersion",
                                "admissionregistration.k8s.io/v1",
                                "kind",
                                "MutatingWebhookConfiguration",
                                "metadata",
                                Map.of("name", "outrider-injector"),
                                "webhooks",
                                entries)));
    }

    Injector start(String name, Injector.Certificate certificate, Optional<Path> config)
            throws Exception {
        return start(name, certificate, Path.of("none"), config);
    }

    Injector start(String name, Injector.Certificate certificate, Path trust, Optional<Path> config)
            throws Exception {
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        return Injector.start(
                fake.api(),
                new Injector.Settings(
                        new WebhookServer.Ports(any, any),
                        config,
                        "outrider-system",
                        name,
                        "outrider-injector",
                        "outrider-injector",
                        certificate,
                        trust,
                        0,
                        new Injector.Pace(
                                Duration.ofMillis(50),
                                new Mirror.Pace(
                                        Duration.ofMillis(20),
                                        Duration.ofMillis(200),
                                        Watch.Span.DEFAULTS),
                                new LeaderElection.Timing(
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(20),
                                        Duration.ofSeconds(1)))));
    }

    static Injector.Certificate.Files secret(Path directory) {
        return new Injector.Certificate.Files(
                directory.resolve("tls.crt"),
                directory.resolve("tls.key"),
                directory.resolve("ca.crt"));
    }

    /** What the API server would trust for the second entry just now. */
    List<X509Certificate> caBundle() {
        Object entry = Fields.list(fake.find(CONFIGURATION).orElseThrow(), "webhooks").get(1);
        String text = Fields.text(entry, "clientConfig", "caBundle").orElse("");
        try {
            byte[] pem = Base64.getDecoder().decode(text);
            return Pem.certificates(new String(pem, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    Optional<String> holder() {
        return fake.find(LEASE).flatMap(lease -> Fields.text(lease, "spec", "holderIdentity"));
    }

    static HttpResponse<String> get(int port, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    static boolean ready(int port) throws Exception {
        return get(port, "/ready").statusCode() == 200;
    }

    static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofMinutes(1)).until(condition);
    }

    @Override
    public void close() {
        fake.close();
    }
}
