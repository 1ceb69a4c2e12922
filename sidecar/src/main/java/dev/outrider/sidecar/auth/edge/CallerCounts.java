package dev.outrider.sidecar.auth.edge;

import java.util.concurrent.atomic.LongAdder;

/**
 * What became of callers on all routes together, for metrics; what became of tokens and keys
 * themselves is counted where they are judged.
 */
public final class CallerCounts {
    final LongAdder anonymous = new LongAdder();
    final LongAdder certified = new LongAdder();
    final LongAdder missing = new LongAdder();
    final LongAdder two = new LongAdder();
    final LongAdder elsewhere = new LongAdder();
    final LongAdder denied = new LongAdder();

    /** Requests let through without a credential. */
    public long anonymous() {
        return anonymous.sum();
    }

    /** Requests whose caller is known by a certificate. */
    public long certified() {
        return certified.sum();
    }

    /** Requests refused for want of a credential. */
    public long missing() {
        return missing.sum();
    }

    /** Requests refused for showing several. */
    public long two() {
        return two.sum();
    }

    /** Requests with a good token of an issuer that the route does not accept there. */
    public long elsewhere() {
        return elsewhere.sum();
    }

    /** Requests of callers who lack a role or scope. */
    public long denied() {
        return denied.sum();
    }
}
