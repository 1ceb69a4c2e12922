package dev.outrider.sidecar.tls;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A real authority for tests, also for certificates it should never issue. */
final class TestMesh {
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");
    static final Duration DAY = Duration.ofDays(1);

    private final CertificateAuthority authority;

    TestMesh(String trustDomain, Instant now) {
        SecureRandom random = new SecureRandom();
        this.authority =
                CertificateAuthority.Root.create(trustDomain, KeyAlgorithm.EC_P256, now, random)
                        .intermediate(KeyAlgorithm.EC_P256, now, random);
    }

    TrustBundle bundle() {
        return authority.bundle();
    }

    X509Svid issue(SpiffeId id, Instant now) {
        return issue(id, KeyAlgorithm.EC_P256, now);
    }

    X509Svid issue(SpiffeId id, KeyAlgorithm algorithm, Instant now) {
        return authority.issue(id, algorithm, List.of(), now, DAY);
    }

    /** A certificate with two ids, which the SVID specification forbids. */
    X509Svid withTwoIds(SpiffeId one, SpiffeId two, Instant now) throws Exception {
        KeyPair pair = KeyAlgorithm.EC_P256.generate(new SecureRandom());
        X500Name issuer =
                X500Name.getInstance(authority.issuer().getSubjectX500Principal().getEncoded());
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.TWO,
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plus(DAY)),
                        new X500Name("CN=odd"),
                        pair.getPublic());
        GeneralName[] names = {
            new GeneralName(GeneralName.uniformResourceIdentifier, one.toString()),
            new GeneralName(GeneralName.uniformResourceIdentifier, two.toString())
        };
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        X509Certificate leaf =
                new JcaX509CertificateConverter()
                        .getCertificate(
                                builder.build(
                                        new JcaContentSignerBuilder("SHA256withECDSA")
                                                .build(authority.issuerKey())));
        return new X509Svid(one, pair.getPrivate(), List.of(leaf, authority.issuer()));
    }
}
