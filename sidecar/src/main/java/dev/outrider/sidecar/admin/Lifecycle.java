package dev.outrider.sidecar.admin;

/** The ends of the process; both return at once, and a second call changes nothing. */
public interface Lifecycle {
    /** Stops to accept new work and lets what runs come to its end. */
    void drain();

    /** Drains and then ends the process. */
    void shutdown();
}
