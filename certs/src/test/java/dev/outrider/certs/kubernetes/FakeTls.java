package dev.outrider.certs.kubernetes;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidKeyManager;
import dev.outrider.certs.X509Svid;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** A cluster's CA, and what its API server shows. */
final class FakeTls {
    private static final SecureRandom RANDOM = new SecureRandom();

    private FakeTls() {}

    static CertificateAuthority authority() {
        Instant now = Instant.now();
        return CertificateAuthority.Root.create("cluster.test", KeyAlgorithm.EC_P256, now, RANDOM)
                .intermediate(KeyAlgorithm.EC_P256, now, RANDOM);
    }

    static SSLContext context(CertificateAuthority authority) throws GeneralSecurityException {
        X509Svid shown =
                authority.issue(
                        SpiffeId.parse("spiffe://cluster.test/apiserver"),
                        KeyAlgorithm.EC_P256,
                        List.of("127.0.0.1", "kubernetes.default.svc"),
                        Instant.now(),
                        Duration.ofDays(1));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new SvidKeyManager(() -> shown)}, null, null);
        return context;
    }
}
