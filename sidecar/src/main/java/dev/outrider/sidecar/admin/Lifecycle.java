package dev.outrider.sidecar.admin;

/** What may be done to the process; all return at once and may be called again. */
public interface Lifecycle {
    /** Stops to accept new work and lets what runs come to its end. */
    void drain();

    /** Drains and then ends the process. */
    void shutdown();

    /** Opens log files anew by their names, after they were rotated away. */
    void reopenLogs();
}
