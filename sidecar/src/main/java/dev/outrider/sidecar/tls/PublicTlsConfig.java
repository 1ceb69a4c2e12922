package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards clients from outside, who know nothing of the mesh.
 *
 * @param certificates the first one is shown to clients that name no server, or none of ours
 * @param clients whether clients are asked for a certificate of their own
 * @param clientRoots who may have issued it; null if they are not asked
 */
public record PublicTlsConfig(
        List<CertificateFiles> certificates,
        ClientCertificates clients,
        @Nullable Path clientRoots,
        TlsVersion minVersion,
        Duration handshakeTimeout) {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    public static final Schema<PublicTlsConfig> SCHEMA =
            Schema.record(
                    "PublicTlsConfig",
                    "TLS towards clients from outside. All files are watched.",
                    f ->
                            new PublicTlsConfig(
                                    f.required(
                                            "certificates",
                                            Schemas.list(CertificateFiles.SCHEMA),
                                            "chosen by the server name the client asks for; the"
                                                    + " first one for all others"),
                                    f.optional(
                                            "clients",
                                            Schemas.oneOf(ClientCertificates.class),
                                            ClientCertificates.NONE,
                                            "whether clients are asked for a certificate"),
                                    f.nullable(
                                            "clientRoots",
                                            IdentityFiles.path(),
                                            "the authorities that issue clients' certificates,"
                                                    + " PEM"),
                                    f.optional(
                                            "minVersion",
                                            TlsConfig.VERSION,
                                            TlsVersion.TLS_1_2,
                                            "oldest version accepted; with 1.2 only"
                                                    + " forward-secret AEAD suites"),
                                    f.optional(
                                            "handshakeTimeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(5),
                                            "longest a handshake may take")));

    public PublicTlsConfig {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("give at least one of certificates");
        }
        if (clients != ClientCertificates.NONE && clientRoots == null) {
            throw new IllegalArgumentException(
                    "clients are asked for certificates, so give clientRoots: who issues them");
        }
        if (clients == ClientCertificates.NONE && clientRoots != null) {
            throw new IllegalArgumentException(
                    "clientRoots is for clients: optional or required; remove it, or ask clients"
                            + " for certificates");
        }
        if (!handshakeTimeout.isPositive() || handshakeTimeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "handshakeTimeout must be above 0s and at most 1m; 5s is plenty");
        }
    }

    /** Every file of it. */
    Path[] files() {
        Stream<Path> own =
                certificates.stream().flatMap(each -> Stream.of(each.certificate(), each.key()));
        return Stream.concat(own, Stream.ofNullable(clientRoots)).toArray(Path[]::new);
    }
}
