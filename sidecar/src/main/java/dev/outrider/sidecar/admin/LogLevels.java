package dev.outrider.sidecar.admin;

import java.util.Map;

/** The levels of the process's own log. */
public interface LogLevels {
    /** Loggers with a level of their own, by name; the root is {@code root}. */
    Map<String, String> levels();

    /**
     * Sets a logger's level.
     *
     * @throws IllegalArgumentException with a sentence when there is no such level or logger
     */
    void set(String logger, String level);
}
