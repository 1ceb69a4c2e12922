package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.discover.Endpoint;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An endpoint and what is known of it. It lives as long as its address stays in the endpoint set,
 * so a refresh of DNS forgets nothing. Any thread.
 */
public final class Member {
    /**
     * A failed call counts as one this slow at least: an endpoint that fails fast would otherwise
     * look like the best one.
     */
    private static final long FAILURE_NANOS = 10 * LatencyEstimate.INITIAL_NANOS;

    private final String address;
    private final AtomicInteger changes;
    private final LatencyEstimate latency;
    private final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile Endpoint endpoint;
    private volatile boolean healthy = true;
    private volatile boolean ejected;
    private volatile long ejectedUntilNanos;
    private volatile int ejections;

    /** {@code changes} counts the changes that decide who may be picked, over all members. */
    Member(Endpoint endpoint, AtomicInteger changes, long nowNanos) {
        this.endpoint = endpoint;
        this.address = endpoint.address();
        this.changes = changes;
        this.latency = new LatencyEstimate(nowNanos);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** {@code host:port}, the same text each time. */
    public String address() {
        return address;
    }

    public int weight() {
        return endpoint.weight();
    }

    /** A call to it begins; {@link #end} must follow, or {@link #abandon}. */
    public void begin() {
        inFlight.incrementAndGet();
    }

    /** A call is over; {@code latencyNanos} until its response began, or until it failed. */
    public void end(long latencyNanos, boolean success, long nowNanos) {
        inFlight.decrementAndGet();
        latency.observe(success ? latencyNanos : Math.max(latencyNanos, FAILURE_NANOS), nowNanos);
    }

    /** A call is over that says nothing of the endpoint, such as one whose client went away. */
    public void abandon() {
        inFlight.decrementAndGet();
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** The latency expected of it now. */
    public double latencyNanos(long nowNanos) {
        return latency.nanos(nowNanos);
    }

    /** The cost of one more call, per weight. */
    double load(long nowNanos) {
        return latency.nanos(nowNanos) * (inFlight.get() + 1) / endpoint.weight();
    }

    public boolean healthy() {
        return healthy;
    }

    /** Set by active health checks; a member is healthy until they say otherwise. */
    public void healthy(boolean healthy) {
        if (this.healthy != healthy) {
            this.healthy = healthy;
            changes.incrementAndGet();
        }
    }

    public boolean ejected(long nowNanos) {
        return ejected && ejectedUntilNanos - nowNanos > 0;
    }

    /** Meaningful only while {@link #ejected}. */
    public long ejectedUntilNanos() {
        return ejectedUntilNanos;
    }

    public int failuresInARow() {
        return failuresInARow.get();
    }

    /** Ejections that were not yet followed by a good stretch. */
    int ejections() {
        return ejections;
    }

    void eject(long untilNanos, int ejections) {
        this.ejectedUntilNanos = untilNanos;
        this.ejections = ejections;
        this.ejected = true;
        changes.incrementAndGet();
    }

    void readmit(int ejections) {
        this.ejections = ejections;
        this.ejected = false;
        changes.incrementAndGet();
    }

    boolean usable(long nowNanos) {
        return healthy && !ejected(nowNanos);
    }

    @Override
    public String toString() {
        return address;
    }
}
