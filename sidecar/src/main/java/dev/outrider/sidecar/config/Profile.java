package dev.outrider.sidecar.config;

/** Which listeners the binary starts. */
public enum Profile {
    /** One way in to the local app and one way out for it. */
    SIDECAR,
    /** The front door: clients from outside, led to services of the mesh. */
    EDGE
}
