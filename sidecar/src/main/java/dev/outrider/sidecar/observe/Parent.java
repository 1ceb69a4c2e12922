package dev.outrider.sidecar.observe;

import org.jspecify.annotations.Nullable;

/**
 * What a request's headers say of the trace it belongs to. Without ids (trace id 0) only the
 * sampling decision counts.
 */
record Parent(
        long traceIdHigh, long traceIdLow, long spanId, Sampled sampled, @Nullable String state) {
    /** What the caller decided. */
    enum Sampled {
        YES,
        NO,
        /** It leaves the decision to us. */
        OPEN
    }

    static Parent decision(Sampled sampled) {
        return new Parent(0, 0, 0, sampled, null);
    }

    boolean hasIds() {
        return (traceIdHigh | traceIdLow) != 0;
    }
}
