package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TLS to Redis. The files are looked at again every few seconds, and new connections use what they
 * hold then.
 *
 * @param trust authorities, PEM
 * @param serverName sent as SNI and accepted in the certificate, besides the address; null for the
 *     address alone
 * @param certificate own chain, for a Redis that asks for one; null for none
 */
public record RedisTlsConfig(
        Path trust, @Nullable String serverName, @Nullable Path certificate, @Nullable Path key) {
    public RedisTlsConfig {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("give certificate and key, or neither");
        }
    }

    static final Schema<RedisTlsConfig> SCHEMA =
            Schema.record(
                    "RedisTlsConfig",
                    "TLS to Redis; changed files are taken for new connections.",
                    f ->
                            new RedisTlsConfig(
                                    f.required(
                                            "trust",
                                            path(),
                                            "PEM file of the authorities that sign Redis's"
                                                    + " certificate"),
                                    f.nullable(
                                            "serverName",
                                            Schemas.text(),
                                            "sent as SNI and accepted in the certificate, as is"
                                                    + " the address"),
                                    f.nullable(
                                            "certificate",
                                            path(),
                                            "PEM file of the own chain, if Redis asks for one"),
                                    f.nullable("key", path(), "PEM file of its private key")));

    static Schema<Path> path() {
        return Schemas.scalar("path", Map.of("type", "string"), Path.of("file"), Path::of);
    }
}
