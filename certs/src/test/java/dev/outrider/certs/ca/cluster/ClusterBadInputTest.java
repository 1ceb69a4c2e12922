package dev.outrider.certs.ca.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.Pem;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said when a replica cannot start: the object, the key, the mend, and no secret. */
class ClusterBadInputTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String SECRET = Resource.SECRETS.named(Replica.SYSTEM, "outrider-ca");
    private static final String HANDED = Resource.SECRETS.named(Replica.SYSTEM, "mesh-issuer");

    private final SecureRandom random = new SecureRandom();
    private FakeKubernetes kubernetes;

    @BeforeEach
    void start() throws Exception {
        kubernetes = FakeKubernetes.start();
        kubernetes.namespace(Replica.SYSTEM, Map.of());
    }

    @AfterEach
    void stop() {
        kubernetes.close();
    }

    @Test
    void aStateWithHalfOfItsKeysIsNamed() throws Exception {
        new Replica(kubernetes, Replica.cluster("one", Optional.empty()), () -> NOW).kill();
        for (String key : List.of("root.pem", "intermediate.pem")) {
            Map<String, @Nullable Object> whole = kubernetes.find(SECRET).orElseThrow();
            Map<String, @Nullable Object> half = new HashMap<>(whole);
            Map<String, @Nullable Object> data = Fields.map(whole, "data");
            data.remove(key);
            half.put("data", data);
            kubernetes.put(SECRET, half);

            assertThat(refusal(Optional.empty()))
                    .contains("Secret outrider-system/outrider-ca, key '" + key + "', is missing")
                    .contains("restore it from a backup");
            kubernetes.put(SECRET, whole);
        }
    }

    @Test
    void garbageIsNamedAndNeverQuoted() throws Exception {
        new Replica(kubernetes, Replica.cluster("one", Optional.empty()), () -> NOW).kill();
        Map<String, @Nullable Object> whole = kubernetes.find(SECRET).orElseThrow();
        for (String key : Fields.texts(whole, "data").keySet()) {
            Map<String, @Nullable Object> bad = new HashMap<>(whole);
            Map<String, @Nullable Object> data = Fields.map(whole, "data");
            data.remove(key);
            bad.put("data", data);
            bad.put("stringData", Map.of());
            data.put(key, base64("very secret garbage"));
            kubernetes.put(SECRET, bad);

            assertThat(refusal(Optional.empty()))
                    .contains("Secret outrider-system/outrider-ca, key '" + key + "',")
                    .doesNotContain("garbage");
        }
    }

    @Test
    void anotherTrustDomainIsNotTakenOver() throws Exception {
        kubernetes.put(
                SECRET,
                Map.of(
                        "data",
                        Map.of(
                                "root.pem", base64(authorityPem("other.domain")),
                                "intermediate.pem", base64(intermediatePem))));

        assertThat(refusal(Optional.empty()))
                .contains("is of the trust domain 'other.domain'")
                .contains("--trust-domain says 'cluster.local'");
    }

    @Test
    void aMissingRightIsNamed() {
        kubernetes.forbid("get", "secrets");
        Throwable refused =
                catchThrowable(() ->
                        new Replica(
                                kubernetes, Replica.cluster("one", Optional.empty()), () -> NOW));

        assertThat(refused)
                .isInstanceOf(KubeException.class)
                .hasMessageContaining("secrets 'outrider-ca' in namespace 'outrider-system'")
                .hasMessageContaining("grant 'get' on 'secrets'");
    }

    @Test
    void anIssuerThatIsNotThereIsNamed() {
        assertThat(refusal(Optional.of("mesh-issuer")))
                .contains("Secret outrider-system/mesh-issuer")
                .contains("is its Certificate made, and ready?");
    }

    @Test
    void anIssuerWithHalfOfItsKeysIsNamed() {
        String root = authorityPem("cluster.local");
        Map<String, String> whole =
                Map.of(
                        "ca.crt", base64(root),
                        "tls.crt", base64(intermediatePem),
                        "tls.key", base64(intermediatePem));
        for (String key : whole.keySet()) {
            Map<String, String> half = new HashMap<>(whole);
            half.remove(key);
            kubernetes.put(HANDED, Map.of("data", half));
            assertThat(refusal(Optional.of("mesh-issuer")))
                    .contains("Secret outrider-system/mesh-issuer, key '" + key + "', is missing")
                    .contains("tls.crt, tls.key and ca.crt");
            half.put(key, base64("garbage"));
            kubernetes.put(HANDED, Map.of("data", half));
            assertThat(refusal(Optional.of("mesh-issuer"))).contains("key '" + key + "', ");
        }
    }

    @Test
    void anIssuerThatCannotSignForThisMeshIsNamed() {
        String root = authorityPem("other.domain");
        handOver(root, intermediatePem, intermediatePem);
        assertThat(refusal(Optional.of("mesh-issuer")))
                .contains("is of the trust domain 'other.domain', this authority of");

        // A certificate of a server, as cert-manager makes them without isCA.
        CertificateAuthority authority =
                CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, NOW, random)
                        .intermediate(KeyAlgorithm.EC_P256, NOW, random);
        X509Svid leaf =
                authority.issue(
                        SpiffeId.of("cluster.local", "shop", "web"),
                        KeyAlgorithm.EC_P256,
                        List.of(),
                        NOW,
                        Duration.ofDays(1));
        handOver(authority.bundle().toPem(), leaf.chainPem(), leaf.keyPem());
        assertThat(refusal(Optional.of("mesh-issuer"))).contains("may not sign (CA=false)");

        String otherRoot = authorityPem("cluster.local");
        handOver(
                otherRoot,
                Pem.encode(List.of(authority.issuer())),
                Pem.encode(authority.issuerKey()));
        assertThat(refusal(Optional.of("mesh-issuer"))).contains("is not signed by");
        handOver(
                authority.bundle().toPem(),
                Pem.encode(List.of(authority.issuer())),
                intermediatePem);
        assertThat(refusal(Optional.of("mesh-issuer")))
                .contains("the intermediate's key does not belong");
    }

    private String intermediatePem = "";

    /** The root; its intermediate with the key is beside it afterwards. */
    private String authorityPem(String trustDomain) {
        CertificateAuthority authority =
                CertificateAuthority.Root.create(trustDomain, KeyAlgorithm.EC_P256, NOW, random)
                        .intermediate(KeyAlgorithm.EC_P256, NOW, random);
        intermediatePem =
                Pem.encode(List.of(authority.issuer())) + Pem.encode(authority.issuerKey());
        return authority.bundle().toPem();
    }

    private void handOver(String ca, String certificate, String key) {
        kubernetes.put(
                HANDED,
                Map.of(
                        "data",
                        Map.of(
                                "ca.crt", base64(ca),
                                "tls.crt", base64(certificate),
                                "tls.key", base64(key))));
    }

    private String refusal(Optional<String> issuerSecret) {
        Throwable refused =
                catchThrowable(() ->
                        new Replica(kubernetes, Replica.cluster("one", issuerSecret), () -> NOW));
        assertThat(refused).isNotNull();
        return String.valueOf(refused.getMessage());
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
