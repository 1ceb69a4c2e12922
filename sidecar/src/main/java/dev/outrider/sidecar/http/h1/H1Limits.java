package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** What a peer may send, and how slowly. */
public record H1Limits(
        long requestLine,
        long head,
        int fields,
        long body,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration keepAlive) {

    public static final H1Limits DEFAULTS =
            new H1Limits(
                    8 * 1024,
                    32 * 1024,
                    100,
                    1L << 40,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(75));

    public static final Schema<H1Limits> SCHEMA =
            Schema.record(
                    "HttpLimits",
                    "What a client may send, and how slowly.",
                    f ->
                            new H1Limits(
                                    f.optional(
                                            "requestLine",
                                            Schemas.size(),
                                            DEFAULTS.requestLine,
                                            "longest request line; a longer one gets 414"),
                                    f.optional(
                                            "head",
                                            Schemas.size(),
                                            DEFAULTS.head,
                                            "longest request line and headers together; more gets 431"),
                                    f.optional(
                                            "fields",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.fields,
                                            "most header fields; more gets 431"),
                                    f.optional(
                                            "body",
                                            Schemas.size(),
                                            DEFAULTS.body,
                                            "longest request body; more gets 413"),
                                    f.optional(
                                            "headTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.headTimeout,
                                            "from a head's first byte to its last; slower gets 408"),
                                    f.optional(
                                            "bodyTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.bodyTimeout,
                                            "longest silence within a body; slower gets 408"),
                                    f.optional(
                                            "keepAlive",
                                            Schemas.duration(),
                                            DEFAULTS.keepAlive,
                                            "how long a connection may idle between requests")));

    public H1Limits {
        if (requestLine < 64 || requestLine > head) {
            throw new IllegalArgumentException("requestLine must be at least 64B and at most head");
        }
        if (head > 1 << 20) {
            throw new IllegalArgumentException("head must be at most 1MiB: it is held in memory");
        }
        if (headTimeout.isZero() || bodyTimeout.isZero() || keepAlive.isZero()) {
            throw new IllegalArgumentException("timeouts must be longer than 0s");
        }
    }
}
