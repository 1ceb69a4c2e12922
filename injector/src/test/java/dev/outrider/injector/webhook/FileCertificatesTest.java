package dev.outrider.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.X509Svid;
import dev.outrider.injector.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCertificatesTest {
    @TempDir Path temp;
    private final TestAuthority authority = new TestAuthority(Instant.now());
    private Path secret;
    private FileCertificates files;

    @BeforeEach
    void mount() {
        secret = temp.resolve("secret");
        files =
                new FileCertificates(
                        secret.resolve("tls.crt"),
                        secret.resolve("tls.key"),
                        secret.resolve("ca.crt"),
                        TestAuthority.NAME);
    }

    /** A peer's reload came once and never again; so three times. */
    @Test
    void eachRotationOfTheMountedSecretIsSeen() throws Exception {
        ServingCertificate known = null;
        for (int rotation = 0; rotation < 4; rotation++) {
            X509Svid mounted = authority.mount(secret);
            ServingCertificate newest = files.newest(known, Instant.now());
            assertThat(newest.leaf()).isEqualTo(mounted.leaf());
            assertThat(files.newest(newest, Instant.now())).isSameAs(newest);
            known = newest;
        }
        assertThat(files.roots(Instant.now())).isEqualTo(authority.roots());
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedUntilTheyBelongTogether() throws Exception {
        authority.mount(secret);
        X509Svid other = authority.issue(Instant.now(), Duration.ofHours(1));
        Files.writeString(secret.resolve("tls.key"), other.keyPem());

        assertThatThrownBy(() -> files.newest(null, Instant.now()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not belong");

        authority.mount(secret);
        assertThat(files.newest(null, Instant.now()).serves(TestAuthority.NAME)).isTrue();
    }

    @Test
    void oneForAnotherNameOrNoneAtAllIsRefusedWithTheMend() throws Exception {
        assertThatThrownBy(() -> files.newest(null, Instant.now()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls.crt");
        authority.mount(secret);
        X509Svid other = authority.issue("other.svc", Instant.now(), Duration.ofHours(1));
        Files.writeString(secret.resolve("tls.crt"), other.chainPem());
        Files.writeString(secret.resolve("tls.key"), other.keyPem());
        assertThatThrownBy(() -> files.newest(null, Instant.now()))
                .hasMessageContaining(TestAuthority.NAME)
                .hasMessageContaining("dnsNames");
        Files.writeString(secret.resolve("tls.crt"), "garbage");
        assertThatThrownBy(() -> files.newest(null, Instant.now()))
                .hasMessageContaining("BEGIN CERTIFICATE");
    }

    @Test
    void trustIsAPathAndANameIsMatchedAsTheApiServerDoes() {
        Instant now = Instant.now();
        X509Svid svid = authority.issue("*.outrider-system.svc", now, Duration.ofHours(1));
        ServingCertificate certificate = new ServingCertificate(svid.key(), svid.chain());

        assertThat(certificate.serves(TestAuthority.NAME)).isTrue();
        assertThat(certificate.serves("a.b.outrider-system.svc")).isFalse();
        assertThat(certificate.leadsTo(authority.roots(), now)).isTrue();
        assertThat(certificate.leadsTo(authority.roots(), now.plus(Duration.ofHours(2)))).isFalse();
        assertThat(certificate.leadsTo(new TestAuthority(now).roots(), now)).isFalse();
        assertThat(certificate.toString()).doesNotContain("PRIVATE");
    }
}
