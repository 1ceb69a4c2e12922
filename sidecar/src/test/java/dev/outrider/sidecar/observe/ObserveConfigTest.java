package dev.outrider.sidecar.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObserveConfigTest {
    @Test
    void aSchemaWithoutValuesIsTheDefaults() {
        assertThat(TracingConfig.SCHEMA.sample()).isEqualTo(TracingConfig.DEFAULTS);
        assertThat(MetricsConfig.SCHEMA.sample()).isEqualTo(MetricsConfig.DEFAULTS);
        assertThat(AccessLogConfig.SCHEMA.sample()).isEqualTo(AccessLogConfig.DEFAULTS);
        assertThat(LogConfig.SCHEMA.sample()).isEqualTo(LogConfig.DEFAULTS);
    }

    @Test
    void everyFieldIsExplained() {
        List<Schema<?>> schemas =
                List.of(
                        TracingConfig.SCHEMA,
                        MetricsConfig.SCHEMA,
                        AccessLogConfig.SCHEMA,
                        LogConfig.SCHEMA);
        for (Schema<?> schema : schemas) {
            assertThat(((RecordSchema<?>) schema).fields())
                    .isNotEmpty()
                    .allSatisfy(field -> assertThat(field.help()).isNotBlank());
        }
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> new AccessLogConfig("access.log", 1, false, 64))
                .hasMessageContaining("absolute path");
        assertThatThrownBy(() -> new AccessLogConfig("off", 1.5, false, 64))
                .hasMessageContaining("sample");
        assertThatThrownBy(() -> new MetricsConfig(0)).hasMessageContaining("maxSeries");
        assertThatThrownBy(() ->
                        new TracingConfig(
                                0.1,
                                null,
                                null,
                                List.of(),
                                true,
                                false,
                                10,
                                8192,
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1)))
                .hasMessageContaining("flushAfter");
    }
}
