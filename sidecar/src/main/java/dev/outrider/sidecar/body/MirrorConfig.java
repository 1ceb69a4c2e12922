package dev.outrider.sidecar.body;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * Sends copies of requests to another service as well.
 *
 * @param share of the requests, from 0 to 1
 * @param maxBody larger ones are not mirrored
 * @param maxAtOnce copies under way, gathered or sent; beyond that none is made
 */
public record MirrorConfig(
        String service, double share, long maxBody, int maxAtOnce, Duration timeout) {
    private static final long MAX_BODY = 64 * 1024;
    private static final long MOST_BODY = 1024 * 1024;
    private static final int MAX_AT_ONCE = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    public static final Schema<MirrorConfig> SCHEMA =
            Schema.record(
                    "MirrorConfig",
                    "Sends copies of requests to another service as well and throws its answers"
                            + " away. It never slows or fails the real request: what is beyond a"
                            + " bound is not mirrored.",
                    f ->
                            new MirrorConfig(
                                    f.required("service", Schemas.text(), "who gets the copies"),
                                    f.optional(
                                            "share",
                                            Schemas.percent(),
                                            1.0,
                                            "how many of the requests"),
                                    f.optional(
                                            "maxBody",
                                            Schemas.size(),
                                            MAX_BODY,
                                            "larger requests are not mirrored; at most 1MiB"),
                                    f.optional(
                                            "maxAtOnce",
                                            Schemas.integer(1, 10_000),
                                            MAX_AT_ONCE,
                                            "copies under way at once"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            TIMEOUT,
                                            "how long a copy may take")));

    public MirrorConfig {
        if (service.isBlank()) {
            throw new IllegalArgumentException("name the service that gets the copies");
        }
        if (maxBody < 0 || maxBody > MOST_BODY) {
            throw new IllegalArgumentException("maxBody must be from 0 to 1MiB");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout must be at least 1ms");
        }
    }
}
