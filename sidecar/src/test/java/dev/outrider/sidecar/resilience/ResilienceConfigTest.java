package dev.outrider.sidecar.resilience;

import static dev.outrider.sidecar.schema.Plain.mapping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.RecordSchema;
import dev.outrider.sidecar.schema.Schema;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResilienceConfigTest {
    @Test
    void anEmptyMappingMeansTheDefaults() {
        assertThat(BreakerConfig.SCHEMA.read(mapping())).isEqualTo(BreakerConfig.DEFAULTS);
        assertThat(BackoffConfig.SCHEMA.read(mapping())).isEqualTo(BackoffConfig.DEFAULTS);
        assertThat(BudgetConfig.SCHEMA.read(mapping())).isEqualTo(BudgetConfig.DEFAULTS);
        assertThat(RetryConfig.SCHEMA.read(mapping())).isEqualTo(RetryConfig.DEFAULTS);
        assertThat(BulkheadConfig.SCHEMA.read(mapping())).isEqualTo(BulkheadConfig.DEFAULTS);
    }

    @Test
    void everySchemaDescribesItself() {
        for (Schema<?> schema :
                List.of(
                        BreakerConfig.SCHEMA,
                        RetryConfig.SCHEMA,
                        BulkheadConfig.SCHEMA,
                        FaultConfig.DelayFault.SCHEMA,
                        FaultConfig.SCHEMA)) {
            assertThat(((RecordSchema<?>) schema).fields()).isNotEmpty();
        }
    }

    @Test
    void readsWhatAPersonWrites() {
        BreakerConfig breaker =
                BreakerConfig.SCHEMA.read(
                        mapping("failureRate", "30%", "openFor", "2s", "maxOpenFor", "1m"));
        assertThat(breaker.failureRate()).isEqualTo(0.3);
        assertThat(breaker.maxOpenFor()).isEqualTo(Duration.ofMinutes(1));
        RetryConfig retry =
                RetryConfig.SCHEMA.read(
                        mapping("attempts", "1", "perTry", "500ms", "on", "connect-failure"));
        assertThat(retry.on()).containsExactly(RetryOn.CONNECT_FAILURE);
    }

    @Test
    void refusesWhatCannotWorkWithTheMend() {
        assertThatThrownBy(() -> BreakerConfig.SCHEMA.read(mapping("failureRate", "0%")))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("set enabled: false");
        assertThatThrownBy(() -> BreakerConfig.SCHEMA.read(mapping("maxOpenFor", "1s")))
                .hasMessageContaining("maxOpenFor must be between 5000ms");
        assertThatThrownBy(() -> BackoffConfig.SCHEMA.read(mapping("base", "1s")))
                .hasMessageContaining("between 0s and max");
        assertThatThrownBy(() -> BulkheadConfig.SCHEMA.read(mapping("queueTimeout", "0s")))
                .hasMessageContaining("queued: 0");
        assertThatThrownBy(() -> RetryConfig.SCHEMA.read(mapping("perTry", "0s")))
                .hasMessageContaining("leave it out");
    }
}
