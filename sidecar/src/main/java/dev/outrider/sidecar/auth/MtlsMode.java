package dev.outrider.sidecar.auth;

/** Whether callers must prove who they are with a certificate. */
public enum MtlsMode {
    /** Yes; plain connections and ones without an identity are refused. */
    STRICT,
    /** They may: for moving a service into the mesh while some callers are still outside. */
    PERMISSIVE
}
