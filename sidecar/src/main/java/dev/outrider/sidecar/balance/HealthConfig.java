package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;

/** How each endpoint is probed, and what its answers mean. */
public record HealthConfig(
        String path,
        Duration interval,
        Duration timeout,
        int healthyAfter,
        int unhealthyAfter,
        List<Integer> statuses) {
    public static final HealthConfig DEFAULTS =
            new HealthConfig(
                    "/healthz", Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3, List.of(200));

    public static final Schema<HealthConfig> SCHEMA =
            Schema.record(
                    "HealthConfig",
                    "How each endpoint is probed, and what its answers mean.",
                    f ->
                            new HealthConfig(
                                    f.optional(
                                            "path", Schemas.text(), DEFAULTS.path, "what to GET"),
                                    f.optional(
                                            "interval",
                                            Schemas.duration(),
                                            DEFAULTS.interval,
                                            "time between two probes of an endpoint"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            DEFAULTS.timeout,
                                            "how long a probe may take"),
                                    f.optional(
                                            "healthyAfter",
                                            Schemas.integer(1, 100),
                                            DEFAULTS.healthyAfter,
                                            "good probes in a row that bring an endpoint back"),
                                    f.optional(
                                            "unhealthyAfter",
                                            Schemas.integer(1, 100),
                                            DEFAULTS.unhealthyAfter,
                                            "bad probes in a row that take an endpoint out"),
                                    f.optional(
                                            "statuses",
                                            Schemas.list(Schemas.integer(200, 599)),
                                            DEFAULTS.statuses,
                                            "the statuses of a good answer")));

    public HealthConfig {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must begin with /, as in /healthz");
        }
        if (interval.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("interval must be at least 100ms");
        }
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(interval) > 0) {
            throw new IllegalArgumentException("timeout must be above 0s and at most interval");
        }
        if (healthyAfter < 1 || unhealthyAfter < 1) {
            throw new IllegalArgumentException(
                    "healthyAfter and unhealthyAfter must be at least 1");
        }
        statuses = List.copyOf(statuses);
        if (statuses.isEmpty()) {
            throw new IllegalArgumentException("statuses must name at least one, such as 200");
        }
    }

    public boolean good(int status) {
        return statuses.contains(status);
    }
}
