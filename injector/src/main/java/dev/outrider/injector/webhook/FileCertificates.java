package dev.outrider.injector.webhook;

import dev.outrider.certs.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Secret of cert-manager's, mounted. The content is read each time: the kubelet swaps symbolic
 * links, which no watch for a single file's changes sees reliably twice.
 *
 * @param roots may be the chain itself when it is self-signed
 */
public record FileCertificates(Path chain, Path key, Path roots, String dnsName)
        implements CertificateSource {
    private static final int LARGEST = 1 << 20;

    @Override
    public ServingCertificate newest(@Nullable ServingCertificate known, Instant now)
            throws IOException {
        String chainPem = read(chain);
        String keyPem = read(key);
        ServingCertificate read;
        try {
            read = ServingCertificate.parse(chainPem, keyPem);
        } catch (IllegalArgumentException e) {
            // Also when the two were read across a swap; the next look finds them together.
            throw new IOException(chain + " with " + key + ": " + e.getMessage(), e);
        }
        if (!read.serves(dnsName)) {
            throw new IOException(
                    chain
                            + " is not for the DNS name "
                            + dnsName
                            + ", by which the API server calls; add it to the Certificate's dnsNames");
        }
        return known != null && known.chain().equals(read.chain()) ? known : read;
    }

    @Override
    public List<X509Certificate> roots(Instant now) throws IOException {
        try {
            return Pem.certificates(read(roots));
        } catch (IllegalArgumentException e) {
            throw new IOException(roots + " " + e.getMessage(), e);
        }
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than " + LARGEST + " bytes: no PEM file");
        }
        return Files.readString(file, StandardCharsets.US_ASCII);
    }
}
