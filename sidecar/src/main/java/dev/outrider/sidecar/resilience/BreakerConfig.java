package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a breaker opens, and how it closes again.
 *
 * @param enabled false: it never opens of itself, though it can be forced open
 * @param consecutiveFailures 0 for no such rule
 * @param maxOpenFor null: it stays open equally long each time
 */
public record BreakerConfig(
        boolean enabled,
        double failureRate,
        Duration window,
        int minimumRequests,
        int consecutiveFailures,
        Duration openFor,
        @Nullable Duration maxOpenFor,
        int probes) {
    public static final BreakerConfig DEFAULTS =
            new BreakerConfig(
                    true, 0.5, Duration.ofSeconds(10), 20, 0, Duration.ofSeconds(5), null, 3);

    public static final Schema<BreakerConfig> SCHEMA =
            Schema.record(
                    "BreakerConfig",
                    "When calls to a failing destination are refused at once, and when it is tried"
                            + " again.",
                    f ->
                            new BreakerConfig(
                                    f.optional(
                                            "enabled",
                                            Schemas.bool(),
                                            DEFAULTS.enabled,
                                            "false: the breaker never opens of itself"),
                                    f.optional(
                                            "failureRate",
                                            Schemas.percent(),
                                            DEFAULTS.failureRate,
                                            "share of failed calls in the window that opens it"),
                                    f.optional(
                                            "window",
                                            Schemas.duration(),
                                            DEFAULTS.window,
                                            "how far back calls are counted"),
                                    f.optional(
                                            "minimumRequests",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.minimumRequests,
                                            "fewer calls in the window never open it"),
                                    f.optional(
                                            "consecutiveFailures",
                                            Schemas.integer(0, 1_000_000),
                                            DEFAULTS.consecutiveFailures,
                                            "failures in a row that open it, whatever the rate; 0"
                                                    + " for no such rule"),
                                    f.optional(
                                            "openFor",
                                            Schemas.duration(),
                                            DEFAULTS.openFor,
                                            "how long it refuses before it probes"),
                                    f.nullable(
                                            "maxOpenFor",
                                            Schemas.duration(),
                                            "openFor doubles up to this while the probes fail; it"
                                                    + " stays as it is when left out"),
                                    f.optional(
                                            "probes",
                                            Schemas.integer(1, 1000),
                                            DEFAULTS.probes,
                                            "calls let through half-open; it closes when all"
                                                    + " succeed")));

    public BreakerConfig {
        if (!(failureRate > 0 && failureRate <= 1)) {
            throw new IllegalArgumentException(
                    "failureRate must be above 0% and at most 100%; set enabled: false to switch"
                            + " the breaker off");
        }
        between("window", window, Duration.ofMillis(100), Duration.ofHours(1));
        between("openFor", openFor, Duration.ofMillis(10), Duration.ofHours(1));
        if (maxOpenFor != null) {
            between("maxOpenFor", maxOpenFor, openFor, Duration.ofHours(24));
        }
        if (minimumRequests < 1) {
            throw new IllegalArgumentException("minimumRequests must be at least 1");
        }
        if (consecutiveFailures < 0) {
            throw new IllegalArgumentException("consecutiveFailures must be 0 (off) or more");
        }
        if (probes < 1) {
            throw new IllegalArgumentException("probes must be at least 1, or it could not close");
        }
    }

    /** The time it stays open when it opens for the {@code round}-th time in a row, from 0. */
    long openNanos(int round) {
        long nanos = openFor.toNanos();
        if (maxOpenFor == null) {
            return nanos;
        }
        long most = maxOpenFor.toNanos();
        for (int i = 0; i < round && nanos < most; i++) {
            nanos *= 2;
        }
        return Math.min(nanos, most);
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name
                            + " must be between "
                            + least.toMillis()
                            + "ms and "
                            + most.toHours()
                            + "h");
        }
    }
}
