package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.ca.AuditStream;
import dev.outrider.certs.ca.CaServer;
import dev.outrider.certs.ca.CaSettings;
import dev.outrider.certs.ca.cluster.ClusterAuthority;
import dev.outrider.certs.ca.cluster.ClusterSettings;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.Resource;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a pod goes through: its projected token and its namespace's ConfigMap are files, the
 * authority is the one of the cluster, and all share a clock that the test moves.
 */
class ClusterIdentityIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SYSTEM = "outrider-system";
    private static final String TRUST = Resource.CONFIG_MAPS.named("shop", "outrider-trust");

    private final SecureRandom random = new SecureRandom();
    private final AtomicReference<Instant> time =
            new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.SECONDS));

    @TempDir Path directory = Path.of("");
    private FakeKubernetes kubernetes;
    private CaServer authority;
    private IdentitySource source;
    private Revocations revocations;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.clock(time::get);
        kubernetes.namespace(SYSTEM, Map.of());
        kubernetes.namespace("shop", Map.of("outrider.dev/inject", "enabled"));
        authority =
                ClusterAuthority.start(
                        kubernetes.api(),
                        new ClusterSettings(
                                "cluster.local",
                                KeyAlgorithm.EC_P256,
                                SYSTEM,
                                "outrider-ca",
                                Optional.empty(),
                                "outrider-ca",
                                "outrider-trust",
                                "outrider-revoked",
                                "outrider.dev/inject=enabled",
                                "one"),
                        settings(),
                        new AuditStream(
                                new PrintStream(
                                        OutputStream.nullOutputStream(),
                                        true,
                                        StandardCharsets.UTF_8)),
                        time::get,
                        random);
        mountTrust(1);
        mountToken();
        IdentityCa ca =
                new IdentityCa(
                        URI.create("https://127.0.0.1:" + authority.address().getPort()),
                        directory.resolve("bundle.pem"),
                        directory.resolve("token"),
                        KeyAlgorithm.EC_P256,
                        null);
        revocations =
                Revocations.open(
                        new TlsConfig(
                                TlsVersion.TLS_1_3,
                                Duration.ofSeconds(5),
                                null,
                                directory.resolve("revoked")));
        source =
                IdentitySource.start(
                        new IdentityConfig("cluster.local", TestMesh.WEB, null, ca),
                        new TlsContexts(
                                TlsConfig.DEFAULTS,
                                List.of(),
                                time::get,
                                revocations,
                                new Random(1)),
                        time::get,
                        random);
    }

    @AfterEach
    void stop() throws Exception {
        source.close();
        revocations.close();
        authority.close();
        kubernetes.close();
    }

    @Test
    void aPodGetsItsIdentityByItsTokenAndKeepsItThroughAnotherRoot() throws Exception {
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        X509Svid first = source.current().svid();
        assertThat(first.id()).isEqualTo(TestMesh.WEB);
        TrustBundle old = source.current().bundle();

        try (KubeApi api = kubernetes.api()) {
            ClusterAuthority.requestRotation(api, SYSTEM, "outrider-ca");
        }
        TrustBundle both = mountTrust(2);
        time.updateAndGet(t -> t.plus(Duration.ofMinutes(6)));
        awaitWhileTimePasses(() -> source.current().bundle().equals(both));

        // 12 to 17 hours later: the new root has signed for long, and the kubelet has brought
        // another token again and again.
        mountToken(time.get().plus(Duration.ofDays(1)));
        time.set(Objects.requireNonNull(source.status().renewAt()));
        authority.maintain();
        awaitWhileTimePasses(() -> source.status().renewals() == 1);
        X509Svid second = source.current().svid();
        TrustBundle next = new TrustBundle("cluster.local", List.of(both.roots().getLast()));
        assertThat(SvidVerifier.verify(second.chain(), next, time.get())).isEqualTo(TestMesh.WEB);
        assertThat(SvidVerifier.verify(first.chain(), both, time.get())).isEqualTo(TestMesh.WEB);

        time.updateAndGet(t -> t.plus(Duration.ofHours(11)));
        time.updateAndGet(t ->
                t.isBefore(first.notAfter().plus(Duration.ofMinutes(90)))
                        ? first.notAfter().plus(Duration.ofMinutes(90))
                        : t);
        authority.maintain();
        assertThat(mountTrust(1)).isEqualTo(next).isNotEqualTo(old);
        awaitWhileTimePasses(() -> source.current().bundle().roots().equals(next.roots()));
        assertThat(source.status().failures()).isZero();
    }

    /** Whoever took the key along has the certificate until its end, and then nothing. */
    @Test
    void aPodThatIsGoneGetsNoOtherCertificate() throws Exception {
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        X509Svid first = source.current().svid();
        kubernetes.revokeToken(mountToken(time.get().plus(Duration.ofDays(1))));

        time.set(Objects.requireNonNull(source.status().renewAt()));
        authority.maintain();
        awaitWhileTimePasses(
                () -> String.valueOf(source.status().lastError()).contains("unknown-token"));
        assertThat(source.current().svid()).isEqualTo(first);
        assertThat(source.status().renewals()).isZero();
    }

    /** Whoever stole it has no token. */
    @Test
    void aPodWhoseCertificateIsRevokedGetsAnotherAtOnce() throws Exception {
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        X509Svid stolen = source.current().svid();

        Files.writeString(
                directory.resolve("revoked"), stolen.leaf().getSerialNumber().toString(16));
        awaitWhileTimePasses(() -> source.status().renewals() == 1);
        assertThat(source.current().svid()).isNotEqualTo(stolen);
        assertThat(source.current().svid().id()).isEqualTo(TestMesh.WEB);
    }

    @Test
    void aPodThatSleptForDaysGetsInWithItsNextToken() throws Exception {
        await().atMost(PATIENCE).until(() -> source.status().id() != null);
        Instant ended = source.current().svid().notAfter();
        mountToken(time.get().plus(Duration.ofDays(3)));
        time.updateAndGet(t -> t.plus(Duration.ofDays(3)).minusSeconds(600));
        authority.maintain();

        await().atMost(PATIENCE)
                .until(() -> {
                    time.updateAndGet(t -> t.plusMillis(500));
                    return source.current().svid().notAfter().isAfter(ended);
                });
        assertThat(source.current().svid().id()).isEqualTo(TestMesh.WEB);
    }

    /** What failed once, say on a busy machine, is tried again when the clock says so. */
    private void awaitWhileTimePasses(Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .until(() -> {
                    time.updateAndGet(t -> t.plusMillis(500));
                    return condition.call();
                });
    }

    /** What the kubelet brings once the namespace's bundle has so many roots. */
    private TrustBundle mountTrust(int roots) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> {
                    authority.maintain();
                    return trust().split("BEGIN CERTIFICATE", -1).length - 1 == roots;
                });
        Files.writeString(directory.resolve("bundle.pem"), trust());
        return TrustBundle.parsePem("cluster.local", trust());
    }

    private String trust() {
        return kubernetes
                .find(TRUST)
                .flatMap(map -> Fields.text(map, "data", "bundle.pem"))
                .orElse("");
    }

    private void mountToken() throws Exception {
        mountToken(time.get().plus(Duration.ofHours(1)));
    }

    private String mountToken(Instant until) throws Exception {
        String token = kubernetes.issueToken("shop", "web", List.of("outrider-ca"), until);
        Files.writeString(directory.resolve("token"), token);
        return token;
    }

    private static CaSettings settings() {
        CaSettings defaults = CaSettings.DEFAULTS;
        return new CaSettings(
                new InetSocketAddress("127.0.0.1", 0),
                defaults.hosts(),
                defaults.svidTtl(),
                defaults.jwtTtl(),
                defaults.schedule(),
                new CaSettings.Rate(1000, 1000),
                new CaSettings.Rate(1000, 1000));
    }
}
