package dev.outrider.injector;

import static dev.outrider.injector.Rig.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.ca.AuditStream;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.DnsNames;
import dev.outrider.certs.ca.cluster.ClusterAuthority;
import dev.outrider.certs.ca.cluster.ClusterSettings;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mesh's authority in the same cluster: a projected token, and a root that is replaced. */
class MeshAuthorityIT {
    private static final String BUNDLE =
            "/api/v1/namespaces/outrider-system/configmaps/outrider-trust";

    @TempDir Path temp;

    /** What the authority's clock is ahead; its certificates begin five minutes early. */
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @Test
    void whileTheRootIsReplacedReplicasOfBothRootsAreTrusted() throws Exception {
        Path token = temp.resolve("token");
        Path trust = temp.resolve("bundle.pem");
        Path config = temp.resolve("injector.yaml");
        try (Rig rig = new Rig();
                CaServer ca = authority(rig)) {
            eventually(() -> rig.fake.find(BUNDLE).isPresent());
            Files.writeString(trust, bundle(rig));
            Files.writeString(
                    token,
                    rig.fake.issueToken(
                            "outrider-system",
                            "outrider-injector",
                            List.of("outrider-ca"),
                            Instant.now().plus(Duration.ofHours(1))));
            Files.writeString(config, "ca: https://127.0.0.1:" + ca.address().getPort() + "\n");
            Injector.Certificate mesh = new Injector.Certificate.Mesh("outrider-injector", token);
            try (Injector first = rig.start("one", mesh, trust, Optional.of(config))) {
                eventually(() -> Rig.ready(first.ports().health().getPort()));
                List<X509Certificate> before = rig.caBundle();
                AtomicBoolean go = new AtomicBoolean(true);
                List<Throwable> failures = new CopyOnWriteArrayList<>();
                List<Injector> replicas = new CopyOnWriteArrayList<>(List.of(first));
                Thread calls = Thread.ofVirtual().start(() -> call(rig, replicas, go, failures));

                try (KubeApi api = rig.fake.api()) {
                    ClusterAuthority.requestRotation(api, "outrider-system", "outrider-ca");
                }
                eventually(() -> {
                    ca.maintain();
                    return rig.caBundle().size() == 2;
                });
                ahead.set(Duration.ofMinutes(2)); // it signs with the new root
                ca.maintain();
                Files.writeString(trust, bundle(rig));
                try (Injector second = rig.start("two", mesh, trust, Optional.of(config))) {
                    eventually(() -> Rig.ready(second.ports().health().getPort()));
                    replicas.add(second);
                    assertThat(leadsTo(first, before)).isTrue();
                    assertThat(leadsTo(second, before)).isFalse();
                    assertThat(rig.caBundle()).containsAll(before).hasSize(2);
                    eventually(() -> Rig.ready(first.ports().health().getPort()));
                    go.set(false);
                    calls.join();
                }
                assertThat(failures).isEmpty();
            }
        }
    }

    private CaServer authority(Rig rig) throws Exception {
        CaSettings defaults = CaSettings.DEFAULTS;
        CaSettings settings =
                new CaSettings(
                        new InetSocketAddress("127.0.0.1", 0),
                        defaults.hosts(),
                        defaults.svidTtl(),
                        defaults.jwtTtl(),
                        defaults.schedule(),
                        new CaSettings.Rate(1000, 1000),
                        new CaSettings.Rate(1000, 1000),
                        DnsNames.parse(
                                List.of(
                                        "ns/outrider-system/sa/outrider-injector="
                                                + TestAuthority.NAME)),
                        Duration.ofMinutes(1));
        ClusterSettings cluster =
                new ClusterSettings(
                        "cluster.local",
                        KeyAlgorithm.EC_P256,
                        "outrider-system",
                        "outrider-ca",
                        Optional.empty(),
                        "outrider-ca",
                        "outrider-trust",
                        "outrider-revoked",
                        "outrider.dev/inject=enabled",
                        "ca-0");
        return ClusterAuthority.start(
                rig.fake.api(),
                cluster,
                settings,
                new AuditStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)),
                () -> Instant.now().plus(ahead.get()),
                new SecureRandom());
    }

    private static void call(
            Rig rig, List<Injector> replicas, AtomicBoolean go, List<Throwable> failures) {
        try {
            while (go.get()) {
                for (Injector each : replicas) {
                    review(rig, each);
                }
            }
        } catch (IOException | RuntimeException e) {
            failures.add(e);
        }
    }

    private static X509Certificate review(Rig rig, Injector injector) throws IOException {
        try (ApiServerCaller api = new ApiServerCaller(injector.ports().webhook().getPort())) {
            ApiServerCaller.Answer answer = api.review(rig.caBundle(), Reviews.text("deployment"));
            if (answer.status() != 200) {
                throw new IOException(answer.body());
            }
            return api.shown();
        }
    }

    /** Whether a caller takes the replica that trusts these roots and no others. */
    private static boolean leadsTo(Injector injector, List<X509Certificate> roots) {
        try (ApiServerCaller api = new ApiServerCaller(injector.ports().webhook().getPort())) {
            return api.review(roots, Reviews.text("job")).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static String bundle(Rig rig) {
        return Fields.text(rig.fake.find(BUNDLE).orElseThrow(), "data", "bundle.pem").orElseThrow();
    }
}
