package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.Map;

/**
 * How much the proxy says of itself, on stderr.
 *
 * @param level of everything that {@code loggers} does not name
 */
public record LogConfig(Level level, Map<String, Level> loggers) {
    /** What is said, from least to most. */
    public enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    public static final LogConfig DEFAULTS = new LogConfig(Level.INFO, Map.of());

    public static final Schema<LogConfig> SCHEMA =
            Schema.record(
                    "LogConfig",
                    "How much the proxy says of itself, on stderr.",
                    f ->
                            new LogConfig(
                                    f.optional(
                                            "level",
                                            Schemas.oneOf(Level.class),
                                            DEFAULTS.level,
                                            "what is said where 'loggers' says nothing else"),
                                    f.optional(
                                            "loggers",
                                            Schemas.map(Schemas.oneOf(Level.class)),
                                            DEFAULTS.loggers,
                                            "levels by package or class name")));

    public LogConfig {
        loggers = Map.copyOf(loggers);
    }
}
