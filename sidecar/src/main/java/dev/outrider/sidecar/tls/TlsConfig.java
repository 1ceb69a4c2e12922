package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken on both sides.
 *
 * @param handshakeTimeout from the first byte to the end of the handshake
 * @param revoked a file with ids and certificates that are refused; null: nothing is
 * @param revokedIfPresent another, which may be missing
 */
public record TlsConfig(
        TlsVersion minVersion,
        Duration handshakeTimeout,
        @Nullable Path revoked,
        @Nullable Path revokedIfPresent) {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    public static final TlsConfig DEFAULTS =
            new TlsConfig(TlsVersion.TLS_1_3, Duration.ofSeconds(5), null, null);

    static final Schema<TlsVersion> VERSION =
            Schemas.scalar(
                    "1.3 or 1.2",
                    // A bare 1.3 in YAML is a number, so both spellings are taken.
                    Map.of("enum", List.of("1.3", "1.2", 1.3, 1.2)),
                    TlsVersion.TLS_1_3,
                    TlsVersion::parse);

    public static final Schema<TlsConfig> SCHEMA =
            Schema.record(
                    "TlsConfig",
                    "How TLS is spoken, to callers and to destinations.",
                    f ->
                            new TlsConfig(
                                    f.optional(
                                            "minVersion",
                                            VERSION,
                                            DEFAULTS.minVersion,
                                            "oldest version accepted and offered"),
                                    f.optional(
                                            "handshakeTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.handshakeTimeout,
                                            "longest a handshake may take"),
                                    f.nullable(
                                            "revoked",
                                            IdentityFiles.path(),
                                            "file with revoked SPIFFE ids, and certificates by"
                                                    + " serial number or SHA-256 in hex, one a"
                                                    + " line; watched: their connections are cut at"
                                                    + " once"),
                                    f.nullable(
                                            "revokedIfPresent",
                                            IdentityFiles.path(),
                                            "another such file, which may be missing and appear"
                                                    + " later; the authority's list in injected"
                                                    + " pods")));

    public TlsConfig {
        if (handshakeTimeout.isNegative()
                || handshakeTimeout.isZero()
                || handshakeTimeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "handshakeTimeout must be above 0s and at most 1m; 5s is plenty");
        }
    }
}
