package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PemTest {
    @TempDir Path temp;
    private final CertificateAuthority authority = TestMesh.authority("cluster.local");

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void readsBackTheKeysItWrote(KeyAlgorithm algorithm) {
        KeyPair pair = algorithm.generate(TestMesh.random());

        assertThat(Pem.privateKey(Pem.encode(pair.getPrivate()))).isEqualTo(pair.getPrivate());
        assertThat(KeyAlgorithm.of(pair.getPublic())).isEqualTo(algorithm);
    }

    @Test
    void anSvidSurvivesItsFiles() throws Exception {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);
        Files.writeString(temp.resolve("c.pem"), svid.chainPem());
        Files.writeString(temp.resolve("k.pem"), svid.keyPem());

        assertThat(X509Svid.load(temp.resolve("c.pem"), temp.resolve("k.pem"))).isEqualTo(svid);
        assertThat(svid.toString()).contains(TestMesh.WEB.toString()).doesNotContain("BEGIN");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedWithItsFile() throws Exception {
        Files.writeString(temp.resolve("c.pem"), TestMesh.svid(authority, TestMesh.WEB).chainPem());
        Files.writeString(temp.resolve("k.pem"), TestMesh.svid(authority, TestMesh.WEB).keyPem());

        assertThatThrownBy(() -> X509Svid.load(temp.resolve("c.pem"), temp.resolve("k.pem")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("k.pem")
                .hasMessageContaining("does not belong");
    }

    @Test
    void aBundleSurvivesItsFileAndNamesItsTrustDomain() throws Exception {
        Path file = temp.resolve("bundle.pem");
        Files.writeString(file, authority.bundle().toPem());

        assertThat(TrustBundle.load("cluster.local", file)).isEqualTo(authority.bundle());
        assertThat(TrustBundle.load(file)).isEqualTo(authority.bundle());
    }

    @Test
    void aLeafIsNoRoot() {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);

        assertThatThrownBy(() -> new TrustBundle("cluster.local", List.of(svid.leaf())))
                .hasMessageContaining("CA=false");
    }

    @Test
    void brokenTextIsRefusedInWords() {
        assertThatThrownBy(() -> Pem.certificates("")).hasMessageContaining("no BEGIN CERTIFICATE");
        assertThatThrownBy(() -> Pem.privateKey("x")).hasMessageContaining("no BEGIN PRIVATE KEY");
        assertThatThrownBy(() ->
                        Pem.certificates(
                                "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                        + "-----END CERTIFICATE-----\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Pem.certificates("-----BEGIN CERTIFICATE-----\nAAAA\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shortLivesAreBackDatedByATenth() {
        X509Svid svid =
                authority.issue(
                        TestMesh.WEB,
                        KeyAlgorithm.EC_P256,
                        List.of(),
                        TestMesh.NOW,
                        Duration.ofSeconds(100));

        assertThat(svid.notBefore()).isEqualTo(TestMesh.NOW.minusSeconds(10));
        assertThat(svid.notAfter()).isEqualTo(TestMesh.NOW.plusSeconds(100));
    }
}
