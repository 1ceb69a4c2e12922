package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where token ids ({@code jti}) are listed that are refused though their tokens would hold.
 *
 * @param file one id a line, null for none
 * @param redis whether they are in Redis, see {@link RedisDeniedIds}
 */
public record DenyListConfig(@Nullable Path file, boolean redis) {
    public DenyListConfig {
        if ((file != null) == redis) {
            throw new IllegalArgumentException(
                    "say where the deny list is: 'file: PATH' or 'redis: true'");
        }
    }

    public static final Schema<DenyListConfig> SCHEMA =
            Schema.record(
                    "DenyListConfig",
                    "Token ids (jti) that are refused though their tokens would hold.",
                    f ->
                            new DenyListConfig(
                                    f.nullable(
                                            "file",
                                            JwksConfig.path(),
                                            "one id a line, # for comments; read when it changes"),
                                    f.optional(
                                            "redis",
                                            Schemas.bool(),
                                            false,
                                            "whether they are in Redis, where every instance sees"
                                                    + " a change within a second or two")));
}
