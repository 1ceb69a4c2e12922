package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * How connections are relayed whose bytes are passed through unread.
 *
 * @param idle longest silence in both directions
 * @param connectTimeout for destinations that are no configured service
 * @param buffer bytes that may wait for a slow receiver, per direction
 */
public record TcpConfig(Duration idle, Duration connectTimeout, long buffer) {
    public static final TcpConfig DEFAULTS =
            new TcpConfig(Duration.ofHours(1), Duration.ofSeconds(5), 64 * 1024);

    private static final long LEAST_BUFFER = 4 * 1024;
    private static final long MOST_BUFFER = 16 * 1024 * 1024;

    public static final Schema<TcpConfig> SCHEMA =
            Schema.record(
                    "TcpConfig",
                    "How connections are relayed whose bytes are passed through unread.",
                    f ->
                            new TcpConfig(
                                    f.optional(
                                            "idle",
                                            Schemas.duration(),
                                            DEFAULTS.idle,
                                            "longest silence in both directions; then the"
                                                    + " connection is reset"),
                                    f.optional(
                                            "connectTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.connectTimeout,
                                            "longest time for connecting to an original"
                                                    + " destination; services have"
                                                    + " pool.connectTimeout"),
                                    f.optional(
                                            "buffer",
                                            Schemas.size(),
                                            DEFAULTS.buffer,
                                            "bytes that may wait for a slow receiver, per"
                                                    + " direction; then the sender is no longer"
                                                    + " read")));

    public TcpConfig {
        if (idle.isZero() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("idle and connectTimeout must be longer than 0s");
        }
        if (buffer < LEAST_BUFFER || buffer > MOST_BUFFER) {
            throw new IllegalArgumentException("buffer must be from 4KiB to 16MiB");
        }
    }
}
