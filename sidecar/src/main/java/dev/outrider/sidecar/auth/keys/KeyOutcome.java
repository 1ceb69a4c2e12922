package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.exchange.Caller;

/** What became of a key that a caller showed. */
public sealed interface KeyOutcome {
    /** It holds; the same object for the same key of the same snapshot. */
    record Accepted(Caller caller) implements KeyOutcome {}

    /**
     * It does not.
     *
     * @param id the id it names if that is known, else empty: others are not ours to log
     */
    record Refused(KeyRefusal why, String id) implements KeyOutcome {}

    /** Nothing can be said: the store was never read, or not for too long. */
    record NotReady(String detail) implements KeyOutcome {}
}
