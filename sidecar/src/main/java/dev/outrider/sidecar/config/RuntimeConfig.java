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
 * @param drain from SIGTERM to the end, at most
 * @param settle how long an app that still listens must have been quiet to count as gone
 */
public record RuntimeConfig(
        int loops, Transport.Kind transport, Duration spread, Duration drain, Duration settle) {
    public static final RuntimeConfig DEFAULTS =
            new RuntimeConfig(
                    0,
                    Transport.Kind.AUTO,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(2));

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
                                            "event loops; 0 for one per core, of a sidecar at"
                                                    + " most two;"
                                                    + " a change needs a restart"),
                                    f.optional(
                                            "transport",
                                            Schemas.oneOf(Transport.Kind.class),
                                            DEFAULTS.transport,
                                            "how the kernel is asked for input and output;"
                                                    + " a change needs a restart"),
                                    f.optional(
                                            "spread",
                                            Schemas.duration(),
                                            DEFAULTS.spread,
                                            "after SIGTERM: how long new work is still taken"
                                                    + " while clients learn that this instance"
                                                    + " goes; only with inbound"),
                                    f.optional(
                                            "drain",
                                            Schemas.duration(),
                                            DEFAULTS.drain,
                                            "from SIGTERM to the end, at most and with spread;"
                                                    + " a few seconds less than the pod's"
                                                    + " terminationGracePeriodSeconds"),
                                    f.optional(
                                            "settle",
                                            Schemas.duration(),
                                            DEFAULTS.settle,
                                            "how long the app, while it still listens, must have"
                                                    + " made no calls to count as gone")));

    public RuntimeConfig {
        if (drain.compareTo(spread) < 0) {
            throw new IllegalArgumentException(
                    "drain must be at least as long as spread, which is part of it");
        }
    }

    /**
     * The number of loops, with 0 resolved for a machine of so many cores: a sidecar leaves them to
     * its app, an edge has them to itself.
     */
    public int loopCount(Profile profile, int cores) {
        if (loops > 0) {
            return loops;
        }
        return switch (profile) {
            case SIDECAR -> Math.min(2, cores);
            case EDGE -> cores;
        };
    }
}
