package dev.outrider.sidecar.admin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Levels of Logback. */
public final class LogbackLevels implements LogLevels {
    private static final int LONGEST_NAME = 200;
    private static final int MOST_LOGGERS = 2_000;

    private final LoggerContext context;

    public LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel().toString());
            }
        }
        return levels;
    }

    @Override
    public void set(String logger, String level) {
        Level wanted = Level.toLevel(level.toUpperCase(Locale.ROOT), null);
        if (wanted == null) {
            throw new IllegalArgumentException(
                    "expected a level: trace, debug, info, warn, error or off");
        }
        // Logback keeps each logger it ever made, so names from outside are bounded.
        if (logger.isEmpty()
                || logger.length() > LONGEST_NAME
                || (context.exists(logger) == null
                        && context.getLoggerList().size() >= MOST_LOGGERS)) {
            throw new IllegalArgumentException("expected the name of a logger, or ROOT");
        }
        context.getLogger(logger).setLevel(wanted);
    }
}
