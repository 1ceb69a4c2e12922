package dev.outrider.injector.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void figuresAreWrittenAsPrometheusReadsThem() {
        Metrics metrics = new Metrics();
        Counter pods = metrics.counter("pods_total", "Pods.", "result");
        pods.add(0, "refused");
        pods.increment("injected");
        pods.increment("injected");
        metrics.counter("rounds_total", "Rounds.");
        metrics.gauge("expiry_seconds", "End.", () -> 1_764_312_345);
        metrics.gauges(
                "state", "State.", List.of("namespace"), () -> Map.of(List.of("a\"b\\c\nd"), 1.5));

        assertThat(metrics.text())
                .isEqualTo(
                        """
                        # HELP pods_total Pods.
                        # TYPE pods_total counter
                        pods_total{result="injected"} 2
                        pods_total{result="refused"} 0
                        # HELP rounds_total Rounds.
                        # TYPE rounds_total counter
                        rounds_total 0
                        # HELP expiry_seconds End.
                        # TYPE expiry_seconds gauge
                        expiry_seconds 1764312345
                        # HELP state State.
                        # TYPE state gauge
                        state{namespace="a\\"b\\\\c\\nd"} 1.5
                        """);
    }

    @Test
    void durationsFallIntoBucketsThatAddUp() {
        Metrics metrics = new Metrics();
        Durations durations = metrics.durations("took_seconds", "Took.");
        durations.record(500_000);
        durations.record(3_000_000);
        durations.record(20_000_000_000L);

        assertThat(metrics.text())
                .contains("took_seconds_bucket{le=\"0.001\"} 1\n")
                .contains("took_seconds_bucket{le=\"0.005\"} 2\n")
                .contains("took_seconds_bucket{le=\"10\"} 2\n")
                .contains("took_seconds_bucket{le=\"+Inf\"} 3\n")
                .contains("took_seconds_sum 20.0035\n")
                .contains("took_seconds_count 3\n");
    }

    @Test
    void aSampleHasAllItsLabels() {
        Counter counter = new Metrics().counter("pods_total", "Pods.", "result");
        assertThatThrownBy(counter::increment).isInstanceOf(IllegalArgumentException.class);
    }
}
