package dev.outrider.sidecar.observe;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** Levels of the running process's loggers. Any thread; a change holds from the next message on. */
public final class LogLevels {
    private static final String ROOT = "root";
    private static final int LONGEST_NAME = 200;
    private static final int MOST_LOGGERS = 2_000;

    private final LoggerContext context;

    LogLevels(LoggerContext context) {
        this.context = context;
    }

    /** Those of this process. */
    public static LogLevels ofProcess() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return new LogLevels(context);
        }
        throw new IllegalStateException("slf4j is not bound to logback; remove other bindings");
    }

    public void apply(LogConfig config) {
        set(ROOT, config.level());
        config.loggers().forEach(this::set);
    }

    /** {@code logger} is a package or class name, or {@code root}. */
    public void set(String logger, LogConfig.Level level) {
        context.getLogger(name(logger)).setLevel(logback(level));
    }

    /**
     * For admin.
     *
     * @throws IllegalArgumentException if there is no such level, or the name is no logger's
     */
    public void set(String logger, String level) {
        LogConfig.Level parsed;
        try {
            parsed = LogConfig.Level.valueOf(level.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "level must be off, error, warn, info, debug or trace, not '" + level + "'", e);
        }
        // Logback keeps each logger it ever made, so names from outside are bounded.
        if (logger.isEmpty()
                || logger.length() > LONGEST_NAME
                || (context.exists(name(logger)) == null
                        && context.getLoggerList().size() >= MOST_LOGGERS)) {
            throw new IllegalArgumentException("expected the name of a logger, or root");
        }
        set(logger, parsed);
    }

    /** The loggers that have a level of their own, by name. */
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(
                        logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName(),
                        logger.getLevel().toString().toLowerCase(Locale.ROOT));
            }
        }
        return levels;
    }

    private static String name(String logger) {
        return logger.equalsIgnoreCase(ROOT) ? Logger.ROOT_LOGGER_NAME : logger;
    }

    private static ch.qos.logback.classic.Level logback(LogConfig.Level level) {
        return switch (level) {
            case OFF -> ch.qos.logback.classic.Level.OFF;
            case ERROR -> ch.qos.logback.classic.Level.ERROR;
            case WARN -> ch.qos.logback.classic.Level.WARN;
            case INFO -> ch.qos.logback.classic.Level.INFO;
            case DEBUG -> ch.qos.logback.classic.Level.DEBUG;
            case TRACE -> ch.qos.logback.classic.Level.TRACE;
        };
    }
}
