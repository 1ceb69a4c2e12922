package dev.outrider.sidecar.listen;

/** Whether a listener's connections come by way of the kernel's NAT. */
public enum Capture {
    /** None does: clients connect to the listener itself. */
    NONE,
    /** All must. */
    ALL,
    /** They do, or they come from loopback: whoever else connects is turned away. */
    OR_LOOPBACK
}
