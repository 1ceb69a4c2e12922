package dev.outrider.sidecar.pod;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;

/**
 * Where the app tells its metrics.
 *
 * @param maxSize in bytes
 */
public record AppMetricsConfig(
        int port, String path, HttpProbeConfig.Scheme scheme, long maxSize, Duration timeout) {
    private static final long LEAST = 1024;
    private static final long MOST = 64L * 1024 * 1024;

    static final RecordSchema<AppMetricsConfig> SCHEMA =
            Schema.record(
                    "AppMetricsConfig",
                    "The app's metrics, in Prometheus' text format or OpenMetrics.",
                    f ->
                            new AppMetricsConfig(
                                    f.required("port", ProbeConfig.PORT, "the app's port"),
                                    f.optional(
                                            "path",
                                            Schemas.text(),
                                            "/metrics",
                                            "what is asked for"),
                                    f.optional(
                                            "scheme",
                                            Schemas.oneOf(HttpProbeConfig.Scheme.class),
                                            HttpProbeConfig.Scheme.HTTP,
                                            "https is not verified"),
                                    f.optional(
                                            "maxSize",
                                            Schemas.size(),
                                            4L * 1024 * 1024,
                                            "longest answer of the app; the proxy needs a few times"
                                                    + " as much memory while a page is made"),
                                    f.optional(
                                            "timeout",
                                            Schemas.duration(),
                                            Duration.ofSeconds(5),
                                            "how long the app may take")));

    public AppMetricsConfig {
        if (maxSize < LEAST || maxSize > MOST) {
            throw new IllegalArgumentException("'maxSize' must be from 1KiB to 64MiB");
        }
        ProbeConfig.requireTimeout(timeout);
    }
}
