package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/** How many retries a destination may get, against the requests it gets anyway. */
public record BudgetConfig(double ratio, int minPerSecond, Duration window) {
    public static final BudgetConfig DEFAULTS = new BudgetConfig(0.2, 10, Duration.ofSeconds(10));

    public static final Schema<BudgetConfig> SCHEMA =
            Schema.record(
                    "BudgetConfig",
                    "How many retries a destination may get, so that retries cannot multiply an"
                            + " outage.",
                    f ->
                            new BudgetConfig(
                                    f.optional(
                                            "ratio",
                                            Schemas.percent(),
                                            DEFAULTS.ratio,
                                            "retries per request of the window"),
                                    f.optional(
                                            "minPerSecond",
                                            Schemas.integer(0, 100_000),
                                            DEFAULTS.minPerSecond,
                                            "retries allowed besides, as an average over the"
                                                    + " window"),
                                    f.optional(
                                            "window",
                                            Schemas.duration(),
                                            DEFAULTS.window,
                                            "how far back requests and retries are counted")));

    public BudgetConfig {
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("ratio must be between 0% and 100%");
        }
        if (minPerSecond < 0) {
            throw new IllegalArgumentException("minPerSecond must be 0 or more");
        }
        if (window.compareTo(Duration.ofSeconds(1)) < 0
                || window.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("window must be between 1s and 10m");
        }
    }
}
