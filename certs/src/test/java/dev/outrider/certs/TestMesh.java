package dev.outrider.certs;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A small trust domain with a real authority, for tests. */
final class TestMesh {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");

    private static final SecureRandom RANDOM = new SecureRandom();

    private TestMesh() {}

    static SecureRandom random() {
        return RANDOM;
    }

    static CertificateAuthority authority(String trustDomain) {
        return authority(trustDomain, KeyAlgorithm.EC_P256);
    }

    static CertificateAuthority authority(String trustDomain, KeyAlgorithm algorithm) {
        return CertificateAuthority.Root.create(trustDomain, algorithm, NOW, RANDOM)
                .intermediate(algorithm, NOW, RANDOM);
    }

    static X509Svid svid(CertificateAuthority authority, SpiffeId id) {
        return authority.issue(id, KeyAlgorithm.EC_P256, List.of(), NOW, Duration.ofHours(24));
    }
}
