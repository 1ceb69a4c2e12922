package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;

/**
 * How metrics are kept.
 *
 * @param maxSeries label sets of traffic that are told apart; further ones are counted as other
 */
public record MetricsConfig(int maxSeries) {
    public static final MetricsConfig DEFAULTS = new MetricsConfig(2000);

    public static final Schema<MetricsConfig> SCHEMA =
            Schema.record(
                    "MetricsConfig",
                    "How metrics are kept.",
                    f ->
                            new MetricsConfig(
                                    f.optional(
                                            "maxSeries",
                                            Schemas.integer(1, 100_000),
                                            DEFAULTS.maxSeries,
                                            "label sets of traffic that are told apart; further"
                                                    + " ones are counted together as 'other'")));

    public MetricsConfig {
        if (maxSeries < 1) {
            throw new IllegalArgumentException("maxSeries must be at least 1");
        }
    }
}
