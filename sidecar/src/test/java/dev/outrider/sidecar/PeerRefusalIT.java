package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who has no good certificate gets no further than the handshake, and the log says why. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeerRefusalIT {
    private Mesh mesh;
    private EchoApp app;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mesh = new Mesh(folder);
        app = new EchoApp();
        Sidecar orders =
                mesh.start(
                        "orders",
                        mesh.identity(Mesh.ORDERS)
                                + "inbound: {listen: \"127.0.0.1:0\", app: \"%s\"}\n"
                                        .formatted(app.address()));
        port = Objects.requireNonNull(orders.address("inbound")).getPort();
    }

    @AfterAll
    void stop() throws Exception {
        mesh.close();
        app.close();
    }

    @Test
    void aGoodCertificateIsLetIn() throws Exception {
        assertThat(RawClient.secure(port, mesh.svid(Mesh.WEB), "/").status()).isEqualTo(200);
    }

    @Test
    void noCertificate() {
        refused(null, "no-certificate");
    }

    @Test
    void anExpiredCertificateWithBothClocks() throws Exception {
        Instant from = Instant.now().minus(Duration.ofHours(2));
        X509Svid svid = mesh.svid(Mesh.WEB, from, Duration.ofHours(1));

        refused(svid, "expired", Mesh.WEB.toString(), svid.notAfter().toString(), today());
    }

    @Test
    void aCertificateOfTomorrowWithBothClocks() throws Exception {
        Instant from = Instant.now().plus(Duration.ofDays(1));
        X509Svid svid = mesh.svid(Mesh.WEB, from, Duration.ofHours(1));

        refused(svid, "not-yet-valid", svid.notBefore().toString(), today());
    }

    @Test
    void aCertificateOfAnotherRoot() {
        refused(foreign("cluster.local"), "untrusted", Mesh.WEB.toString());
    }

    @Test
    void aCertificateOfAnotherTrustDomain() {
        refused(foreign("elsewhere.example"), "elsewhere.example");
    }

    @Test
    void plainText() {
        try (LogLines tls = new LogLines("dev.outrider.tls")) {
            assertThatThrownBy(() -> RawClient.get(port, "orders", "/"))
                    .isInstanceOf(IOException.class);
            await().atMost(Mesh.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(tls.all())
                                    .anySatisfy(line -> assertThat(line).contains("not-tls")));
        }
    }

    private static X509Svid foreign(String trustDomain) {
        SecureRandom random = new SecureRandom();
        Instant now = Instant.now();
        CertificateAuthority other =
                CertificateAuthority.Root.create(trustDomain, KeyAlgorithm.EC_P256, now, random)
                        .intermediate(KeyAlgorithm.EC_P256, now, random);
        return other.issue(
                dev.outrider.certs.SpiffeId.of(trustDomain, "shop", "web"),
                KeyAlgorithm.EC_P256,
                List.of(),
                now,
                Duration.ofHours(1));
    }

    /** The beginning of our clock's time, as far as a test can know it. */
    private static String today() {
        return Instant.now().toString().substring(0, 8);
    }

    private void refused(@Nullable X509Svid svid, String... said) {
        try (LogLines tls = new LogLines("dev.outrider.tls")) {
            assertThatThrownBy(() -> RawClient.secure(port, svid, "/"))
                    .isInstanceOf(IOException.class);
            await().atMost(Mesh.PATIENCE)
                    .untilAsserted(() ->
                            assertThat(tls.all())
                                    .anySatisfy(line ->
                                            assertThat(line)
                                                    .startsWith("inbound:")
                                                    .contains(said)));
        }
    }
}
