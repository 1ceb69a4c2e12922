package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
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

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void readsOpenSslsOwnFormsOfAKey(KeyAlgorithm algorithm) throws Exception {
        PrivateKey key = algorithm.generate(TestMesh.random()).getPrivate();
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
        String text =
                key instanceof ECPrivateKey ec
                        ? Pem.encode(
                                "EC PRIVATE KEY",
                                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                                ec.getParams().getOrder().bitLength(),
                                                ec.getS(),
                                                info.getPrivateKeyAlgorithm().getParameters())
                                        .getEncoded())
                        : Pem.encode(
                                "RSA PRIVATE KEY",
                                info.parsePrivateKey().toASN1Primitive().getEncoded());

        // As openssl ecparam -genkey writes it: the curve once more in front, lines ending in CRLF.
        String curve =
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        PrivateKey read = Pem.privateKey((curve + text).replace("\n", "\r\n"));
        // Java's EC keys differ by what beside the number was written with them.
        assertThat(read instanceof ECPrivateKey ec ? ec.getS() : read)
                .isEqualTo(key instanceof ECPrivateKey ec ? ec.getS() : key);
    }

    @Test
    void anEncryptedKeyIsRefusedWithTheRemedy() {
        for (String type : List.of("ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY")) {
            String text =
                    "-----BEGIN %1$s-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END %1$s-----\n";
            assertThatThrownBy(() -> Pem.privateKey(text.formatted(type)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("openssl pkcs8");
        }
    }

    @Test
    void twoKeysAForeignKeyAndATrailingByteAreRefused() throws Exception {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);
        String foreign =
                Pem.encode(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
        byte[] der = svid.leaf().getEncoded();
        String longer = Pem.encode("CERTIFICATE", Arrays.copyOf(der, der.length + 1));

        assertThatThrownBy(() -> Pem.privateKey(svid.keyPem() + svid.keyPem()))
                .hasMessageContaining("more than one");
        assertThatThrownBy(() -> Pem.privateKey(foreign))
                .hasMessageContaining("neither EC nor RSA");
        assertThatThrownBy(() -> Pem.certificates(longer)).hasMessageContaining("Java cannot read");
        assertThatThrownBy(() -> Pem.certificates(svid.chainPem().replace("M", "*")))
                .hasMessageContaining("not valid PEM");
    }

    @Test
    void anOpenSslKeyThatIsCutShortIsRefusedInWords() throws Exception {
        ECPrivateKey key =
                (ECPrivateKey) KeyAlgorithm.EC_P256.generate(TestMesh.random()).getPrivate();
        byte[] der =
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                256,
                                key.getS(),
                                PrivateKeyInfo.getInstance(key.getEncoded())
                                        .getPrivateKeyAlgorithm()
                                        .getParameters())
                        .getEncoded();
        for (int length = 0; length < der.length; length++) {
            String cut = Pem.encode("EC PRIVATE KEY", Arrays.copyOf(der, length));
            assertThatThrownBy(() -> Pem.privateKey(cut))
                    .as("%d of %d bytes", length, der.length)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds");
        }
    }

    @Test
    void textAroundBlocksAndOtherBlocksAreSkipped() {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);

        assertThat(Pem.certificates("subject=x\n" + svid.keyPem() + svid.chainPem() + "end"))
                .isEqualTo(svid.chain());
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
