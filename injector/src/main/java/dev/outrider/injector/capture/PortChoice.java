package dev.outrider.injector.capture;

/** Which ports of one direction are captured: those included, or all; less those excluded. */
record PortChoice(PortSet included, PortSet excluded) {
    static final PortChoice ALL = new PortChoice(PortSet.NONE, PortSet.NONE);

    boolean captures(int port) {
        return !excluded.contains(port) && (included.isEmpty() || included.contains(port));
    }
}
