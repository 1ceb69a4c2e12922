package dev.outrider.sidecar.config;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import dev.outrider.sidecar.transport.Transport;
import java.time.Duration;

/**
 * How the process uses the machine, and how it leaves.
 *
 * @param loops event loops; 0 for one per core, at most two
 * @param spread after SIGTERM, how long new work is still taken while clients learn of it
 * @param drain how long work under way may take after that
 */
public record RuntimeConfig(int loops, Transport.Kind transport, Duration spread, Duration drain) {
    public static final RuntimeConfig DEFAULTS =
            new RuntimeConfig(0, Transport.Kind.AUTO, Duration.ZERO, Duration.ofSeconds(20));

    public static final Schema<RuntimeConfig> SCHEMA =
            Schema.record(
                    "RuntimeConfig",
                    "How the process uses the machine, and how it leaves.",
                    f ->
                            new RuntimeConfig(
                                    f.optional(
                                            "loops",
                                            Schemas.integer(0, 256),
                                            DEFAULTS.loops,
                                            "event loops; 0 for one per core, at most two"),
                                    f.optional(
                                            "transport",
                                            Schemas.oneOf(Transport.Kind.class),
                                            DEFAULTS.transport,
                                            "how the kernel is asked for input and output"),
                                    f.optional(
                                            "spread",
                                            Schemas.duration(),
                                            DEFAULTS.spread,
                                            "after SIGTERM: how long new work is still taken"
                                                    + " while clients learn that this instance"
                                                    + " goes"),
                                    f.optional(
                                            "drain",
                                            Schemas.duration(),
                                            DEFAULTS.drain,
                                            "after that: how long work under way may take; idle"
                                                    + " it ends at once")));

    /** The number of loops, with 0 resolved for a machine of so many cores. */
    public int loopCount(int cores) {
        return loops > 0 ? loops : Math.min(2, cores);
    }
}
