package dev.outrider.sidecar.observe;

import java.time.Duration;
import java.util.stream.DoubleStream;

/** Upper bounds of histograms. Never modified. */
final class Buckets {
    /** OpenTelemetry's advice for {@code http.*.request.duration}, in seconds. */
    static final Duration[] SECONDS =
            DoubleStream.of(.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10)
                    .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                    .toArray(Duration[]::new);

    /** Envoy's default buckets, up to the longest that make sense for a request. */
    static final double[] MILLIS = {
        .5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000
    };

    static final double[] BYTES = {100, 1000, 10_000, 100_000, 1e6, 1e7, 1e8};

    private Buckets() {}
}
