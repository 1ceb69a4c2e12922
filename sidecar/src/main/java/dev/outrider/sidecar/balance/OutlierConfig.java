package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** When an endpoint that keeps failing is set aside, and for how long. */
public record OutlierConfig(
        boolean enabled,
        int consecutiveFailures,
        Duration baseEjection,
        Duration maxEjection,
        double maxEjected) {
    public static final OutlierConfig DEFAULTS =
            new OutlierConfig(true, 5, Duration.ofSeconds(30), Duration.ofSeconds(300), 0.5);

    /** Nobody is set aside. */
    public static final OutlierConfig DISABLED =
            new OutlierConfig(false, 5, Duration.ofSeconds(30), Duration.ofSeconds(300), 0.5);

    public static final Schema<OutlierConfig> SCHEMA =
            Schema.record(
                    "OutlierConfig",
                    "When an endpoint that keeps failing is set aside, and for how long.",
                    f ->
                            new OutlierConfig(
                                    f.optional(
                                            "enabled",
                                            Schemas.bool(),
                                            DEFAULTS.enabled,
                                            "false: no endpoint is ever set aside"),
                                    f.optional(
                                            "consecutiveFailures",
                                            Schemas.integer(1, 10_000),
                                            DEFAULTS.consecutiveFailures,
                                            "failures in a row that set an endpoint aside"),
                                    f.optional(
                                            "baseEjection",
                                            Schemas.duration(),
                                            DEFAULTS.baseEjection,
                                            "for how long, times how often it was before"),
                                    f.optional(
                                            "maxEjection",
                                            Schemas.duration(),
                                            DEFAULTS.maxEjection,
                                            "for how long at most"),
                                    f.optional(
                                            "maxEjected",
                                            Schemas.percent(),
                                            DEFAULTS.maxEjected,
                                            "share of the endpoints that may be set aside at"
                                                    + " once")));

    public OutlierConfig {
        if (consecutiveFailures < 1) {
            throw new IllegalArgumentException(
                    "consecutiveFailures must be at least 1; set enabled: false to switch it off");
        }
        if (baseEjection.compareTo(Duration.ofMillis(10)) < 0
                || baseEjection.compareTo(maxEjection) > 0) {
            throw new IllegalArgumentException("baseEjection must be between 10ms and maxEjection");
        }
        if (maxEjection.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("maxEjection must be at most 24h");
        }
        if (!(maxEjected >= 0 && maxEjected <= 1)) {
            throw new IllegalArgumentException("maxEjected must be between 0% and 100%");
        }
    }

    long ejectionNanos(int times) {
        long base = baseEjection.toNanos();
        long most = maxEjection.toNanos();
        return times >= most / base ? most : base * times;
    }
}
