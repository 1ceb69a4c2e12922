package dev.outrider.injector.capture;

import java.util.Locale;

/** The lists of rules, in the order in which they are written: what is jumped to comes first. */
enum Chain {
    /** By port, to the inbound port. */
    INBOUND,
    /** By port, to the outbound port. */
    OUTBOUND,
    /** What comes in from the network. */
    PREROUTING,
    /** What is opened here. */
    OUTPUT;

    /** Whether the kernel enters it by itself. */
    boolean hooked() {
        return switch (this) {
            case INBOUND, OUTBOUND -> false;
            case PREROUTING, OUTPUT -> true;
        };
    }

    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
