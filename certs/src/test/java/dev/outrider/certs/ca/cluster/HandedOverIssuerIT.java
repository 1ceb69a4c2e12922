package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CaClient;
import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.CertificateAuthority.Root;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.Resource;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An intermediate in a Secret that somebody else renews, as cert-manager does. */
class HandedOverIssuerIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String HANDED = Resource.SECRETS.named(Replica.SYSTEM, "mesh-issuer");
    private static final String SECRET = Resource.SECRETS.named(Replica.SYSTEM, "outrider-ca");

    private final SecureRandom random = new SecureRandom();
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private FakeKubernetes kubernetes;
    private Root root;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.clock(now::get);
        kubernetes.namespace(Replica.SYSTEM, Map.of());
        root = root();
    }

    @AfterEach
    void stop() {
        kubernetes.close();
    }

    @Test
    void itSignsIsRenewedAndItsRootIsReplacedWithoutARestart() throws Exception {
        CertificateAuthority first = handOver(root);
        try (Replica replica = replica();
                CaClient client = replica.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, replica.token("web"));
            assertThat(svid.chain().getLast()).isEqualTo(first.issuer());
            // The root's key is not ours, and the token keys are in a Secret of our own.
            assertThat(Fields.texts(kubernetes.find(SECRET).orElseThrow(), "data").keySet())
                    .contains("jwt-keys.json")
                    .doesNotContain("root-key.pem");

            CertificateAuthority renewed = handOver(root);
            signsWith(replica, client, svid, renewed.issuer());

            // Another root: announced first, although its intermediate is there already.
            Root next = root();
            CertificateAuthority below = handOver(next);
            await().atMost(LONG)
                    .untilAsserted(() -> {
                        replica.server.maintain();
                        assertThat(client.fetchBundle().roots())
                                .containsExactly(root.certificate(), next.certificate());
                    });
            assertThat(Replica.renew(kubernetes, client, svid).chain().getLast())
                    .isEqualTo(renewed.issuer());
            now.set(now.get().plus(Duration.ofHours(1)));
            X509Svid after = signsWith(replica, client, svid, below.issuer());
            TrustBundle nextOnly = new TrustBundle("cluster.local", List.of(next.certificate()));
            assertThat(SvidVerifier.verify(after.chain(), nextOnly, now.get()))
                    .isEqualTo(Replica.WEB);
            now.set(now.get().plus(Duration.ofHours(12)));
            X509Svid later = Replica.renew(kubernetes, client, after);
            now.set(now.get().plus(Duration.ofHours(13)));
            replica.server.maintain();
            assertThat(client.fetchBundle()).isEqualTo(nextOnly);
            assertThat(Replica.renew(kubernetes, client, later).id()).isEqualTo(Replica.WEB);
        }
    }

    @Test
    void whileItIsBrokenOrGoneTheOneFromBeforeSigns() throws Exception {
        CertificateAuthority first = handOver(root);
        try (Replica replica = replica();
                CaClient client = replica.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, replica.token("web"));
            kubernetes.put(HANDED, Map.of("data", Map.of("tls.crt", base64("half"))));
            replica.server.maintain();
            assertThat(Replica.renew(kubernetes, client, svid).chain().getLast())
                    .isEqualTo(first.issuer());
            kubernetes.delete(HANDED);
            replica.server.maintain();
            assertThat(Replica.renew(kubernetes, client, svid).chain().getLast())
                    .isEqualTo(first.issuer());

            CertificateAuthority mended = handOver(root);
            signsWith(replica, client, svid, mended.issuer());
        }
    }

    @Test
    void ofSeveralRootsTheOneItIsBelowSigns() throws Exception {
        Root other = root();
        CertificateAuthority below = root.intermediate(KeyAlgorithm.EC_P256, now.get(), random);
        kubernetes.put(
                HANDED,
                Map.of(
                        "data",
                        Map.of(
                                "ca.crt",
                                base64(
                                        Pem.encode(
                                                List.of(other.certificate(), root.certificate()))),
                                "tls.crt",
                                base64(Pem.encode(List.of(below.issuer()))),
                                "tls.key",
                                base64(Pem.encode(below.issuerKey())))));
        try (Replica replica = replica();
                CaClient client = replica.client()) {
            assertThat(Replica.fetch(client, Replica.WEB, replica.token("web")).id())
                    .isEqualTo(Replica.WEB);
            assertThat(client.fetchBundle().roots())
                    .containsExactly(root.certificate(), other.certificate());
        }
    }

    @Test
    void anIssuerThatIsItsOwnRootSignsToo() throws Exception {
        put(root.certificate(), List.of(root.certificate()), Pem.encode(root.key()));
        try (Replica replica = replica();
                CaClient client = replica.client()) {
            X509Svid svid = Replica.fetch(client, Replica.WEB, replica.token("web"));

            assertThat(SvidVerifier.verify(svid.chain(), client.fetchBundle(), now.get()))
                    .isEqualTo(Replica.WEB);
            assertThat(svid.leaf().getIssuerX500Principal())
                    .isEqualTo(root.certificate().getSubjectX500Principal());
        }
    }

    /** Waits until certificates come from there. */
    private X509Svid signsWith(
            Replica replica, CaClient client, X509Svid svid, X509Certificate issuer) {
        AtomicReference<X509Svid> renewed = new AtomicReference<>(svid);
        await().atMost(LONG)
                .untilAsserted(() -> {
                    replica.server.maintain();
                    renewed.set(Replica.renew(kubernetes, client, svid));
                    assertThat(renewed.get().chain().getLast()).isEqualTo(issuer);
                });
        return renewed.get();
    }

    private Replica replica() throws Exception {
        return new Replica(
                kubernetes, Replica.cluster("one", Optional.of("mesh-issuer")), now::get);
    }

    private Root root() {
        return Root.create("cluster.local", KeyAlgorithm.EC_P256, now.get(), random);
    }

    private CertificateAuthority handOver(Root signs) {
        CertificateAuthority below = signs.intermediate(KeyAlgorithm.EC_P256, now.get(), random);
        put(
                signs.certificate(),
                List.of(below.issuer(), signs.certificate()),
                Pem.encode(below.issuerKey()));
        return below;
    }

    private void put(X509Certificate ca, List<X509Certificate> chain, String key) {
        kubernetes.put(
                HANDED,
                Map.of(
                        "type",
                        "kubernetes.io/tls",
                        "data",
                        Map.of(
                                "ca.crt", base64(Pem.encode(List.of(ca))),
                                "tls.crt", base64(Pem.encode(chain)),
                                "tls.key", base64(key))));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
