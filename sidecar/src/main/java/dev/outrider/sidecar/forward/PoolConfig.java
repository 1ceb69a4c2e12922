package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** How connections to a service are made and kept. */
public record PoolConfig(
        Duration connectTimeout,
        int idlePerEndpoint,
        Duration idle,
        Duration maxAge,
        UpstreamHttp2Config http2) {
    public static final PoolConfig DEFAULTS =
            new PoolConfig(
                    Duration.ofSeconds(1),
                    256,
                    Duration.ofSeconds(30),
                    Duration.ofHours(1),
                    UpstreamHttp2Config.DEFAULTS);

    public static final Schema<PoolConfig> SCHEMA =
            Schema.record(
                    "PoolConfig",
                    "How connections to a service are made and kept.",
                    f ->
                            new PoolConfig(
                                    f.optional(
                                            "connectTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.connectTimeout,
                                            "bound of TCP connect and TLS handshake together"),
                                    f.optional(
                                            "idlePerEndpoint",
                                            Schemas.integer(0, 100_000),
                                            DEFAULTS.idlePerEndpoint,
                                            "idle connections kept per endpoint and event loop"),
                                    f.optional(
                                            "idle",
                                            Schemas.duration(),
                                            DEFAULTS.idle,
                                            "longest idling of a connection; the endpoint's own"
                                                    + " limit, promised or observed, shortens it"),
                                    f.optional(
                                            "maxAge",
                                            Schemas.duration(),
                                            DEFAULTS.maxAge,
                                            "age after which a connection takes no new request"),
                                    f.optional(
                                            "http2",
                                            UpstreamHttp2Config.SCHEMA,
                                            DEFAULTS.http2,
                                            "what endpoints may send over HTTP/2")));

    public PoolConfig {
        if (connectTimeout.isZero() || maxAge.isZero()) {
            throw new IllegalArgumentException("connectTimeout and maxAge must be longer than 0s");
        }
    }
}
