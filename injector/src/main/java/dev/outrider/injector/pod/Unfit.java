package dev.outrider.injector.pod;

/** A pod that cannot be injected; the message says where, why, and what would mend it. */
final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String message) {
        super(message);
    }
}
