package dev.outrider.sidecar.limit;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one key under one rule; all zero when nothing is. Each rule gives the numbers
 * its own meaning. A cell is a copy to reckon with, held by one thread.
 */
final class Cell {
    long a;
    long b;
    long c;
    long d;
    @Nullable Stamps log;

    /** Where the stripe keeps it, -1 if nowhere; a hint that the stripe verifies. */
    int slot;

    void clear() {
        a = 0;
        b = 0;
        c = 0;
        d = 0;
        log = null;
        slot = -1;
    }
}
