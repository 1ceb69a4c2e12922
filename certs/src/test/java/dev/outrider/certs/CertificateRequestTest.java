package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outrider.certs.CsrException.Reason;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateRequestTest {
    private final KeyPair pair = KeyAlgorithm.EC_P256.generate(TestMesh.random());

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void readsWhatItWrote(KeyAlgorithm algorithm) throws Exception {
        KeyPair made = algorithm.generate(TestMesh.random());
        CertificateRequest request =
                CertificateRequest.parse(SigningRequest.create(made, TestMesh.WEB));

        assertThat(request.id()).isEqualTo(TestMesh.WEB);
        assertThat(request.algorithm()).isEqualTo(algorithm);
        assertThat(request.key()).isEqualTo(made.getPublic());
    }

    /** Beside what is signed, the bytes are those that Bouncy Castle would write. */
    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void writesTheSameAsBouncyCastle(KeyAlgorithm algorithm) throws Exception {
        KeyPair made = algorithm.generate(TestMesh.random());
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        GeneralName name =
                new GeneralName(
                        GeneralName.uniformResourceIdentifier,
                        "spiffe://x.example/" + "a".repeat(300));
        extensions.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(name));
        PKCS10CertificationRequest theirs =
                new JcaPKCS10CertificationRequestBuilder(new X500Name(new RDN[0]), made.getPublic())
                        .addAttribute(
                                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                                extensions.generate())
                        .build(
                                new JcaContentSignerBuilder(algorithm.signature())
                                        .build(made.getPrivate()));
        PKCS10CertificationRequest ours =
                new PKCS10CertificationRequest(
                        PemBlocks.of(
                                        SigningRequest.create(
                                                made, List.of(name.getName().toString())))
                                .getFirst()
                                .der());

        assertThat(ours.toASN1Structure().getCertificationRequestInfo().getEncoded("DER"))
                .isEqualTo(
                        theirs.toASN1Structure().getCertificationRequestInfo().getEncoded("DER"));
        assertThat(ours.getSignatureAlgorithm()).isEqualTo(theirs.getSignatureAlgorithm());
    }

    @Test
    void refusesGarbageAndTwoRequestsInOne() {
        String good = SigningRequest.create(pair, TestMesh.WEB);
        assertThat(refusal("")).isEqualTo(Reason.MALFORMED);
        assertThat(refusal("hello")).isEqualTo(Reason.MALFORMED);
        assertThat(refusal(good + good)).isEqualTo(Reason.MALFORMED);
        assertThat(refusal(Pem.encode("CERTIFICATE REQUEST", new byte[] {0x30, 3, 1, 2, 3})))
                .isEqualTo(Reason.MALFORMED);
    }

    @Test
    void refusesTwoUrisNoUriAndAUriThatIsNoId() {
        String web = TestMesh.WEB.toString();
        assertThat(refusal(SigningRequest.create(pair, List.of(web, web))))
                .isEqualTo(Reason.MORE_THAN_ONE_URI);
        assertThat(refusal(SigningRequest.create(pair, List.of("https://x.example"))))
                .isEqualTo(Reason.MALFORMED_SPIFFE_ID);
        assertThat(refusal(unsupported(pair, "SHA256withECDSA"))).isEqualTo(Reason.NO_SPIFFE_ID);
    }

    @Test
    void refusesAShortRsaKeyAndAnUnknownCurve() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPairGenerator p521 = KeyPairGenerator.getInstance("EC");
        p521.initialize(new ECGenParameterSpec("secp521r1"));
        KeyPairGenerator edwards = KeyPairGenerator.getInstance("Ed25519");

        assertThat(refusal(unsupported(rsa.generateKeyPair(), "SHA256withRSA")))
                .isEqualTo(Reason.UNSUPPORTED_KEY);
        assertThat(refusal(unsupported(p521.generateKeyPair(), "SHA512withECDSA")))
                .isEqualTo(Reason.UNSUPPORTED_KEY);
        assertThat(refusal(unsupported(edwards.generateKeyPair(), "Ed25519")))
                .isEqualTo(Reason.UNSUPPORTED_KEY);
    }

    @Test
    void refusesAnotherKeysSignatureAndSha1() {
        KeyPair other = KeyAlgorithm.EC_P256.generate(TestMesh.random());
        KeyPair mixed = new KeyPair(pair.getPublic(), other.getPrivate());

        assertThat(refusal(SigningRequest.create(mixed, TestMesh.WEB)))
                .isEqualTo(Reason.BAD_SIGNATURE);
        assertThat(refusal(unsupported(pair, "SHA1withECDSA"))).isEqualTo(Reason.BAD_SIGNATURE);
    }

    /** Beside the signed part there are bytes that mean nothing; what is read must be the same. */
    @Test
    void aFlippedBitIsRefusedInWordsOrChangesNothing() {
        byte[] der =
                Base64.getMimeDecoder()
                        .decode(
                                SigningRequest.create(pair, TestMesh.WEB)
                                        .replaceAll("-----[A-Z ]+-----", ""));
        long seed = 20260301;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] broken = der.clone();
            int at = random.nextInt(der.length);
            broken[at] ^= (byte) (1 << random.nextInt(8));
            try {
                CertificateRequest read =
                        CertificateRequest.parse(Pem.encode("CERTIFICATE REQUEST", broken));
                assertThat(read)
                        .as("seed %d round %d byte %d", seed, round, at)
                        .isEqualTo(
                                new CertificateRequest(
                                        TestMesh.WEB, pair.getPublic(), KeyAlgorithm.EC_P256));
            } catch (CsrException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void theAuthoritySignsOnlyForTheIdThatWasProven() throws Exception {
        CertificateAuthority authority = TestMesh.authority("cluster.local");
        CertificateRequest request =
                CertificateRequest.parse(SigningRequest.create(pair, TestMesh.ORDERS));
        CsrException refused =
                catchThrowableOfType(
                        CsrException.class,
                        () ->
                                authority.issue(
                                        request, TestMesh.WEB, TestMesh.NOW, Duration.ofHours(1)));

        assertThat(refused.reason()).isEqualTo(Reason.NOT_THE_CALLER);
    }

    private static Reason refusal(String pem) {
        return catchThrowableOfType(CsrException.class, () -> CertificateRequest.parse(pem))
                .reason();
    }

    private static String unsupported(KeyPair pair, String signature) {
        try {
            return Pem.encode(
                    "CERTIFICATE REQUEST",
                    new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                            .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()))
                            .getEncoded());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
