package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * How many calls to a destination run at once, and how many may wait for one to end; a connection
 * that is relayed unread is one call.
 */
public record BulkheadConfig(int concurrent, int queued, Duration queueTimeout) {
    public static final BulkheadConfig DEFAULTS =
            new BulkheadConfig(1024, 0, Duration.ofSeconds(1));

    public static final Schema<BulkheadConfig> SCHEMA =
            Schema.record(
                    "BulkheadConfig",
                    "How many calls to a destination run at once, so that a slow one cannot take"
                            + " everything. A raw TCP connection counts as one call for as long as"
                            + " it lives; one too many is reset.",
                    f ->
                            new BulkheadConfig(
                                    f.optional(
                                            "concurrent",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.concurrent,
                                            "calls that may run at once"),
                                    f.optional(
                                            "queued",
                                            Schemas.integer(0, 100_000),
                                            DEFAULTS.queued,
                                            "calls that may wait for a place; 0 refuses at once"),
                                    f.optional(
                                            "queueTimeout",
                                            Schemas.duration(),
                                            DEFAULTS.queueTimeout,
                                            "how long a call may wait for a place")));

    public BulkheadConfig {
        if (concurrent < 1) {
            throw new IllegalArgumentException("concurrent must be at least 1");
        }
        if (queued < 0) {
            throw new IllegalArgumentException("queued must be 0 (no waiting) or more");
        }
        if (queueTimeout.isNegative() || queueTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "queueTimeout must be above 0s; set queued: 0 to refuse at once");
        }
    }
}
