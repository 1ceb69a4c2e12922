package dev.outrider.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outrider.certs.SvidException.Reason;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SvidVerifierTest {
    private static final Instant NOW = TestMesh.NOW;
    private static final Shape SIGNS =
            b -> b.addExtension(Extension.keyUsage, true, usage(KeyUsage.digitalSignature));
    private final CertificateAuthority authority = TestMesh.authority("cluster.local");

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void acceptsWhatTheAuthorityIssuesWithEveryKindOfKey(KeyAlgorithm algorithm) throws Exception {
        CertificateAuthority mesh = TestMesh.authority("cluster.local", algorithm);
        X509Svid svid = mesh.issue(TestMesh.WEB, algorithm, List.of(), NOW, Duration.ofHours(24));

        assertThat(SvidVerifier.verify(svid.chain(), mesh.bundle(), NOW)).isEqualTo(TestMesh.WEB);
        assertThat(svid.notBefore()).isEqualTo(NOW.minusSeconds(300));
        assertThat(svid.notAfter()).isEqualTo(NOW.plusSeconds(86_400));
    }

    @Test
    void acceptsAChainThatCarriesTheRootToo() throws Exception {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);
        List<X509Certificate> chain =
                List.of(svid.leaf(), authority.issuer(), authority.bundle().roots().getFirst());

        assertThat(SvidVerifier.verify(chain, authority.bundle(), NOW)).isEqualTo(TestMesh.WEB);
    }

    @Test
    void acceptsEitherRootWhileOneIsReplaced() throws Exception {
        CertificateAuthority next = TestMesh.authority("cluster.local");
        TrustBundle both =
                new TrustBundle(
                        "cluster.local",
                        List.of(
                                authority.bundle().roots().getFirst(),
                                next.bundle().roots().getFirst()));

        for (CertificateAuthority issuer : List.of(authority, next)) {
            X509Svid svid = TestMesh.svid(issuer, TestMesh.WEB);
            assertThat(SvidVerifier.verify(svid.chain(), both, NOW)).isEqualTo(TestMesh.WEB);
        }
    }

    @Test
    void showsBothClocksWhenExpired() {
        Instant late = NOW.plus(Duration.ofHours(24)).plusSeconds(90);
        SvidException refused =
                refusal(TestMesh.svid(authority, TestMesh.WEB).chain(), authority.bundle(), late);

        assertThat(refused.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(refused)
                .hasMessageContaining("valid until 2026-03-02T12:00:00Z")
                .hasMessageContaining("our clock says 2026-03-02T12:01:30Z: 1m 30s too late");
    }

    @Test
    void showsBothClocksWhenNotYetValid() {
        Instant early = NOW.minus(Duration.ofMinutes(7));
        SvidException refused =
                refusal(TestMesh.svid(authority, TestMesh.WEB).chain(), authority.bundle(), early);

        assertThat(refused.reason()).isEqualTo(Reason.NOT_YET_VALID);
        assertThat(refused)
                .hasMessageContaining("valid from 2026-03-01T11:55:00Z")
                .hasMessageContaining("our clock says 2026-03-01T11:53:00Z: 2m 0s too early");
    }

    @Test
    void namesTheIntermediateWhenThatOneHasExpired() {
        Instant nextYear = NOW.plus(Duration.ofDays(366));
        X509Certificate leaf =
                leaf(
                        authority,
                        List.of(TestMesh.WEB.toString()),
                        SIGNS,
                        NOW.plus(Duration.ofDays(800)));
        SvidException refused =
                refusal(List.of(leaf, authority.issuer()), authority.bundle(), nextYear);

        assertThat(refused.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(refused).hasMessageContaining("Outrider intermediate");
    }

    @Test
    void saysSoWhenEveryRootHasExpired() {
        Instant farAway = NOW.plus(Duration.ofDays(4000));
        X509Certificate leaf =
                leaf(
                        authority,
                        List.of(TestMesh.WEB.toString()),
                        SIGNS,
                        NOW.plus(Duration.ofDays(5000)));
        SvidException refused =
                refusal(List.of(leaf, authority.issuer()), authority.bundle(), farAway);

        assertThat(refused.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(refused).hasMessageContaining("the root");
    }

    @Test
    void refusesAForeignTrustDomain() {
        CertificateAuthority foreign = TestMesh.authority("other.example");
        X509Svid svid = TestMesh.svid(foreign, SpiffeId.of("other.example", "shop", "web"));

        assertThat(refusal(svid.chain(), authority.bundle(), NOW).reason())
                .isEqualTo(Reason.FOREIGN_TRUST_DOMAIN);
    }

    @Test
    void refusesOurTrustDomainWhenItLeadsToAnotherRoot() {
        X509Svid svid = TestMesh.svid(TestMesh.authority("cluster.local"), TestMesh.WEB);

        assertThat(refusal(svid.chain(), authority.bundle(), NOW).reason())
                .isEqualTo(Reason.UNTRUSTED);
    }

    @Test
    void refusesALeafWithoutItsIntermediate() {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);

        assertThat(refusal(List.of(svid.leaf()), authority.bundle(), NOW).reason())
                .isEqualTo(Reason.UNTRUSTED);
    }

    @Test
    void refusesAnEmptyAndAnEndlessChain() {
        X509Svid svid = TestMesh.svid(authority, TestMesh.WEB);
        List<X509Certificate> endless = Collections.nCopies(7, svid.leaf());

        assertThat(refusal(List.of(), authority.bundle(), NOW).reason())
                .isEqualTo(Reason.EMPTY_CHAIN);
        assertThat(refusal(endless, authority.bundle(), NOW).reason())
                .isEqualTo(Reason.CHAIN_TOO_LONG);
    }

    @Test
    void refusesTheAuthoritysOwnCertificateAsAWorkloads() {
        SvidException refused = refusal(List.of(authority.issuer()), authority.bundle(), NOW);

        // Its URI is the bare trust domain, which is nobody's workload.
        assertThat(refused.reason()).isEqualTo(Reason.MALFORMED_SPIFFE_ID);
    }

    @Test
    void refusesTwoUrisNoUriAndAUriThatIsNoId() {
        String web = TestMesh.WEB.toString();
        assertThat(shaped(List.of(web, "https://x.example/")).reason())
                .isEqualTo(Reason.MORE_THAN_ONE_URI);
        assertThat(shaped(List.of()).reason()).isEqualTo(Reason.NO_SPIFFE_ID);
        assertThat(shaped(List.of("https://x.example/")).reason())
                .isEqualTo(Reason.MALFORMED_SPIFFE_ID);
        assertThat(shaped(List.of("spiffe://cluster.local/ns/../sa/web")).reason())
                .isEqualTo(Reason.MALFORMED_SPIFFE_ID);
    }

    @Test
    void refusesWrongUsage() {
        assertThat(
                        used(b ->
                                b.addExtension(
                                        Extension.keyUsage, true, usage(KeyUsage.keyAgreement))))
                .isEqualTo(Reason.WRONG_USAGE);
        int signs = KeyUsage.digitalSignature | KeyUsage.keyCertSign;
        assertThat(used(b -> b.addExtension(Extension.keyUsage, true, usage(signs))))
                .isEqualTo(Reason.WRONG_USAGE);
        assertThat(used(b -> b)).isEqualTo(Reason.WRONG_USAGE);
        assertThat(
                        used(b ->
                                b.addExtension(
                                                Extension.keyUsage,
                                                true,
                                                usage(KeyUsage.digitalSignature))
                                        .addExtension(
                                                Extension.extendedKeyUsage,
                                                false,
                                                new ExtendedKeyUsage(
                                                        KeyPurposeId.id_kp_serverAuth))))
                .isEqualTo(Reason.WRONG_USAGE);
        assertThat(
                        used(b ->
                                b.addExtension(
                                        Extension.basicConstraints,
                                        true,
                                        new BasicConstraints(true))))
                .isEqualTo(Reason.NOT_A_LEAF);
    }

    private SvidException shaped(List<String> uris) {
        X509Certificate leaf =
                leaf(
                        authority,
                        uris,
                        b ->
                                b.addExtension(
                                        Extension.keyUsage, true, usage(KeyUsage.digitalSignature)),
                        NOW.plusSeconds(60));
        return refusal(List.of(leaf, authority.issuer()), authority.bundle(), NOW);
    }

    private Reason used(Shape shape) {
        X509Certificate leaf =
                leaf(authority, List.of(TestMesh.WEB.toString()), shape, NOW.plusSeconds(60));
        return refusal(List.of(leaf, authority.issuer()), authority.bundle(), NOW).reason();
    }

    private static KeyUsage usage(int bits) {
        return new KeyUsage(bits);
    }

    private static SvidException refusal(
            List<X509Certificate> chain, TrustBundle bundle, Instant now) {
        return catchThrowableOfType(
                SvidException.class, () -> SvidVerifier.verify(chain, bundle, now));
    }

    /** A certificate the authority would never issue, signed by its real key. */
    private static X509Certificate leaf(
            CertificateAuthority authority, List<String> uris, Shape shape, Instant until) {
        GeneralName[] names =
                uris.stream()
                        .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                        .toArray(GeneralName[]::new);
        PublicKey key = KeyAlgorithm.EC_P256.generate(TestMesh.random()).getPublic();
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        X500Name.getInstance(
                                authority.issuer().getSubjectX500Principal().getEncoded()),
                        BigInteger.TWO,
                        Date.from(NOW),
                        Date.from(until),
                        new X500Name("CN=odd"),
                        key);
        try {
            if (names.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            shape.on(builder)
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(authority.issuerKey())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private interface Shape {
        X509v3CertificateBuilder on(X509v3CertificateBuilder builder) throws Exception;
    }
}
