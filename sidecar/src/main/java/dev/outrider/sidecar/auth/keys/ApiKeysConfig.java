package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * API keys: where they are kept and where in a request they are.
 *
 * @param file the store if it is a file, null if it is Redis
 * @param redis whether the store is Redis
 * @param header in lower case; {@code Authorization: ApiKey …} is read besides
 * @param hold how long the last keys stand when the store cannot be read
 */
public record ApiKeysConfig(@Nullable Path file, boolean redis, String header, Duration hold) {
    /** The scheme of {@code Authorization} and {@code WWW-Authenticate}. */
    public static final String SCHEME = "ApiKey";

    private static final String HEADER = "x-api-key";
    private static final Duration HOLD = Duration.ofHours(1);
    private static final Duration LEAST_HOLD = Duration.ofSeconds(10);
    private static final Duration MOST_HOLD = Duration.ofDays(7);

    /** Without {@code _}, which many servers read as {@code -}. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

    public ApiKeysConfig {
        header = header.toLowerCase(Locale.ROOT);
        if ((file != null) == redis) {
            throw new IllegalArgumentException(
                    "say where the API keys are kept: 'file: PATH' or 'redis: true'");
        }
        if (!NAME.matcher(header).matches() || header.equals("authorization")) {
            throw new IllegalArgumentException(
                    "header must be a field of the keys' own, such as x-api-key");
        }
        if (hold.compareTo(LEAST_HOLD) < 0 || hold.compareTo(MOST_HOLD) > 0) {
            throw new IllegalArgumentException("hold must be from 10s to 168h");
        }
    }

    public static final Schema<ApiKeysConfig> SCHEMA =
            Schema.record(
                    "ApiKeysConfig",
                    "API keys of callers from outside; made by 'outrider keys' or the admin port.",
                    f ->
                            new ApiKeysConfig(
                                    f.nullable("file", path(), "JSON file the keys are kept in"),
                                    f.optional(
                                            "redis",
                                            Schemas.bool(),
                                            false,
                                            "whether they are kept in Redis, for all instances"),
                                    f.optional(
                                            "header",
                                            Schemas.text(),
                                            HEADER,
                                            "field the key is in; 'Authorization: ApiKey …' is"
                                                    + " read too"),
                                    f.optional(
                                            "hold",
                                            Schemas.duration(),
                                            HOLD,
                                            "how long the last known keys stand when the store"
                                                    + " cannot be read; then all are refused with"
                                                    + " 503")));

    private static Schema<Path> path() {
        return Schemas.scalar("path", Map.of("type", "string"), Path.of("keys.json"), Path::of);
    }
}
