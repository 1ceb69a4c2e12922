package dev.outrider.sidecar.auth;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an issuer's public keys come from; the mesh's own CA if neither file nor address is given.
 *
 * @param refresh how often to fetch when the answer does not say how long it is good for
 * @param refetchEvery how often at most an unknown key id may cause a fetch
 * @param maxWait how long a request waits for such a fetch
 * @param timeout how long one fetch may take
 * @param cache where to keep the last good document over restarts, null for nowhere
 */
public record JwksConfig(
        @Nullable Path file,
        @Nullable URI url,
        Duration refresh,
        Duration refetchEvery,
        Duration maxWait,
        Duration timeout,
        @Nullable Path cache) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public static final JwksConfig DEFAULTS =
            new JwksConfig(
                    null,
                    null,
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    null);

    public JwksConfig {
        if (file != null && url != null) {
            throw new IllegalArgumentException("give the keys' file or their url, not both");
        }
        if (url != null && !trustworthy(url)) {
            throw new IllegalArgumentException(
                    "url '" + url + "' must be https, or http to the loopback interface");
        }
        if (isUnder(refresh, 1) || isUnder(refetchEvery, 1)) {
            throw new IllegalArgumentException("refresh and refetchEvery must be at least 1s");
        }
        if (!maxWait.isPositive() || !timeout.isPositive()) {
            throw new IllegalArgumentException("maxWait and timeout must be longer than 0s");
        }
    }

    public static final Schema<JwksConfig> SCHEMA =
            Schema.record(
                    "JwksConfig",
                    "Where an issuer's public keys come from; the mesh's own CA by default.",
                    f ->
                            new JwksConfig(
                                    f.nullable("file", path(), "a JWKS file, read when it changes"),
                                    f.nullable(
                                            "url",
                                            uri(),
                                            "where the JWKS is fetched; without file and url the"
                                                    + " mesh's own CA is asked"),
                                    f.optional(
                                            "refresh",
                                            Schemas.duration(),
                                            DEFAULTS.refresh,
                                            "how often to fetch when the answer has no max-age"),
                                    f.optional(
                                            "refetchEvery",
                                            Schemas.duration(),
                                            DEFAULTS.refetchEvery,
                                            "how often at most an unknown key id causes a fetch"),
                                    f.optional(
                                            "maxWait",
                                            Schemas.duration(),
                                            DEFAULTS.maxWait,
                                            "how long a request waits for such a fetch"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            DEFAULTS.timeout,
                                            "how long one fetch may take"),
                                    f.nullable(
                                            "cache",
                                            path(),
                                            "file that keeps the last good keys over restarts")));

    static Schema<Path> path() {
        return Schemas.scalar("path", Map.of("type", "string"), Path.of("file"), Path::of);
    }

    private static Schema<URI> uri() {
        return Schemas.scalar(
                "url",
                Map.of("type", "string", "format", "uri"),
                URI.create("https://issuer.example/jwks.json"),
                URI::create);
    }

    private static boolean isUnder(Duration duration, int seconds) {
        return duration.compareTo(Duration.ofSeconds(seconds)) < 0;
    }

    private static boolean trustworthy(URI url) {
        String host = url.getHost();
        return host != null
                && ("https".equals(url.getScheme())
                        || "http".equals(url.getScheme()) && LOOPBACK.contains(host));
    }
}
