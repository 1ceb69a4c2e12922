package dev.outrider.sidecar.redis;

import java.util.Locale;

/** A call of Redis came to nothing. It has no stack trace and costs next to nothing to make. */
@SuppressWarnings("serial") // never serialised
public final class RedisUnavailable extends Exception {
    private final Reason reason;

    /** Why; stable words for metrics. */
    public enum Reason {
        /** There is no connection, or it broke while the call was under way. */
        DOWN,
        /** No answer within the budget; one that comes later is dropped. */
        SLOW,
        /** The breaker refuses calls, since Redis kept failing; nothing was sent. */
        BREAKER_OPEN,
        /** More calls are under way already than may be; nothing was sent. */
        QUEUE_FULL,
        /** Redis has no memory left for a write. */
        FULL,
        /** What answered is a replica and takes no writes: a failover is under way. */
        READ_ONLY,
        /** Redis has just started and reads its data. */
        LOADING,
        /** A script of someone else's holds Redis up. */
        BUSY,
        /** The cluster does not serve this slot now, or it moves about. */
        MOVED,
        /** Redis does not accept the user, or does not let it do that. */
        REFUSED,
        /** Redis answered with another error, or with something of the wrong type: a bug. */
        ERROR,
        /** This client was closed. */
        CLOSED;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public RedisUnavailable(Reason reason, String detail) {
        super(
                "redis: " + reason.word() + (detail.isEmpty() ? "" : ": " + detail),
                null,
                false,
                false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
