package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * When Redis, or one node of its cluster, is left alone.
 *
 * @param failures in a row that open the breaker; half of the last ten seconds' calls do so too
 * @param openFor how long until a PING tries whether it is well again
 */
public record RedisBreakerConfig(int failures, Duration openFor) {
    static final RedisBreakerConfig DEFAULTS = new RedisBreakerConfig(5, Duration.ofSeconds(1));

    static final Schema<RedisBreakerConfig> SCHEMA =
            Schema.record(
                    "RedisBreakerConfig",
                    "When Redis, or one node of its cluster, is left alone for a while.",
                    f ->
                            new RedisBreakerConfig(
                                    f.optional(
                                            "failures",
                                            Schemas.integer(1, 1_000_000),
                                            DEFAULTS.failures,
                                            "calls in a row without an answer that open it; half"
                                                    + " of the last 10s do so too"),
                                    f.optional(
                                            "openFor",
                                            Schemas.duration(),
                                            DEFAULTS.openFor,
                                            "how long until a PING tries whether Redis is well")));

    public RedisBreakerConfig {
        if (openFor.compareTo(Duration.ofMillis(10)) < 0
                || openFor.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("openFor must be between 10ms and 1m");
        }
    }

    /** One probe decides: it costs no request anything, so it may be wrong once. */
    BreakerConfig asBreaker() {
        BreakerConfig usual = BreakerConfig.DEFAULTS;
        return new BreakerConfig(
                true,
                usual.failureRate(),
                usual.window(),
                usual.minimumRequests(),
                failures,
                openFor,
                null,
                1);
    }
}
