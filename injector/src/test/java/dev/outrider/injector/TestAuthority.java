package dev.outrider.injector;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.X509Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A root of its own, for certificates of the webhook. */
public final class TestAuthority {
    public static final String NAME = "outrider-injector.outrider-system.svc";

    private static final SpiffeId ID =
            SpiffeId.of("cluster.local", "outrider-system", "outrider-injector");

    private final CertificateAuthority authority;

    public TestAuthority(Instant now) {
        SecureRandom random = new SecureRandom();
        authority =
                CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, now, random)
                        .intermediate(KeyAlgorithm.EC_P256, now, random);
    }

    public List<X509Certificate> roots() {
        return authority.bundle().roots();
    }

    public String rootsPem() {
        return authority.bundle().toPem();
    }

    public X509Svid issue(Instant from, Duration ttl) {
        return issue(NAME, from, ttl);
    }

    public X509Svid issue(String name, Instant from, Duration ttl) {
        return authority.issue(ID, KeyAlgorithm.EC_P256, List.of(name), from, ttl);
    }

    /**
     * Mounts a new certificate as the kubelet mounts a Secret: whole directories change places
     * under a symbolic link.
     */
    public X509Svid mount(Path secret) throws IOException {
        X509Svid fresh = issue(Instant.now(), Duration.ofHours(24));
        Files.createDirectories(secret);
        Path data = Files.createTempDirectory(secret, "..data_");
        Files.writeString(data.resolve("tls.crt"), fresh.chainPem());
        Files.writeString(data.resolve("tls.key"), fresh.keyPem());
        Files.writeString(data.resolve("ca.crt"), rootsPem());
        Path link = Files.createTempDirectory(secret, "..tmp_").resolve("link");
        Files.createSymbolicLink(link, data.getFileName());
        Files.move(
                link,
                secret.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        for (String name : List.of("tls.crt", "tls.key", "ca.crt")) {
            Path file = secret.resolve(name);
            if (!Files.isSymbolicLink(file)) {
                Files.createSymbolicLink(file, Path.of("..data", name));
            }
        }
        return fresh;
    }
}
