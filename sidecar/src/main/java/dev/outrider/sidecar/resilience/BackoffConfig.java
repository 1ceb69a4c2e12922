package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** How long to wait before a further try: drawn evenly from zero to a bound that doubles. */
public record BackoffConfig(Duration base, Duration max, Duration maxRetryAfter) {
    public static final BackoffConfig DEFAULTS =
            new BackoffConfig(Duration.ofMillis(25), Duration.ofMillis(250), Duration.ofSeconds(1));

    public static final Schema<BackoffConfig> SCHEMA =
            Schema.record(
                    "BackoffConfig",
                    "How long to wait before a further try; the wait is drawn from 0 to a bound"
                            + " that doubles.",
                    f ->
                            new BackoffConfig(
                                    f.optional(
                                            "base",
                                            Schemas.duration(),
                                            DEFAULTS.base,
                                            "bound of the first wait"),
                                    f.optional(
                                            "max",
                                            Schemas.duration(),
                                            DEFAULTS.max,
                                            "bound of any wait"),
                                    f.optional(
                                            "maxRetryAfter",
                                            Schemas.duration(),
                                            DEFAULTS.maxRetryAfter,
                                            "an upstream that asks with Retry-After for a longer"
                                                    + " wait is not tried again")));

    public BackoffConfig {
        if (base.isNegative() || base.compareTo(max) > 0) {
            throw new IllegalArgumentException("base must be between 0s and max");
        }
        if (max.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("max must be at most 1m: a request waits for it");
        }
        if (maxRetryAfter.isNegative() || maxRetryAfter.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("maxRetryAfter must be between 0s and 1m");
        }
    }
}
