package dev.outrider.sidecar.exchange;

/** Which listener a request came in by. */
public enum Direction {
    /** From another workload to the local app. */
    INBOUND,
    /** From the local app to another workload. */
    OUTBOUND,
    /** From outside the mesh. */
    EDGE
}
