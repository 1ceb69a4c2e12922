package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/** How use is counted; docs/rate-limits.md says what each promises. */
public enum Algorithm {
    /** Windows that begin with the clock's minute, hour and so on. */
    FIXED_WINDOW,
    /** Every request is remembered for a window's time: exact, at the price of memory. */
    SLIDING_LOG,
    /** This window's count and the share of the last window's that still lies in sight. */
    SLIDING_COUNTER,
    /** Tokens come at a steady rate up to the bucket's capacity; a request takes some. */
    TOKEN_BUCKET,
    /** Requests are water that drains at a steady rate; a capacity of one spaces them evenly. */
    LEAKY_BUCKET;

    public static final Schema<Algorithm> SCHEMA = Schemas.oneOf(Algorithm.class);

    /** Whether a burst can be set apart from the quota. */
    boolean bucket() {
        return this == TOKEN_BUCKET || this == LEAKY_BUCKET;
    }
}
