package dev.outrider.sidecar.forward;

import java.util.concurrent.TimeUnit;

/**
 * How long an endpoint keeps an idle connection, as far as it is known: from configuration, from
 * its {@code Keep-Alive} promise, or from the idle connections it closed. A connection is retired
 * well before, so that a request does not meet the close on its way (the keep-alive race).
 */
final class IdleLimit {
    private static final long PROMISE_MARGIN = TimeUnit.SECONDS.toNanos(1);
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(100);

    /** Nobody's limit is shorter; a connection closed sooner tells of a restart. */
    private static final long LEAST_OBSERVED = TimeUnit.SECONDS.toNanos(1);

    private long nanos;

    IdleLimit(long configuredNanos) {
        this.nanos = configuredNanos;
    }

    long nanos() {
        return nanos;
    }

    /** The endpoint said it keeps idle connections so long. */
    void promised(int seconds) {
        long promise = TimeUnit.SECONDS.toNanos(seconds);
        lower(promise > 2 * PROMISE_MARGIN ? promise - PROMISE_MARGIN : promise / 2);
    }

    /** The endpoint closed a connection that had idled so long. */
    void observedClose(long idledNanos) {
        if (idledNanos >= LEAST_OBSERVED) {
            lower(idledNanos - idledNanos / 4);
        }
    }

    private void lower(long limit) {
        nanos = Math.min(nanos, Math.max(LEAST, limit));
    }
}
