package dev.outrider.sidecar.admin;

/** What may be done to the process; all may be called again, and return at once but for one. */
public interface Lifecycle {
    /** Stops to accept new work and lets what runs come to its end. */
    void drain();

    /** Drains and then ends the process. */
    void shutdown();

    /** Opens log files anew by their names, after they were rotated away. */
    void reopenLogs();

    /** Looks at the configuration file now; waits until it is in force or refused. */
    Reloaded reload();

    /**
     * How the file stands.
     *
     * @param ok whether it is what is in force
     */
    record Reloaded(boolean ok, String text) {}
}
