package dev.outrider.sidecar.balance;

import static dev.outrider.sidecar.schema.Plain.mapping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BalanceConfigTest {
    @Test
    void anEmptyMappingMeansTheDefaults() {
        assertThat(BalanceConfig.SCHEMA.read(mapping())).isEqualTo(BalanceConfig.DEFAULTS);
        assertThat(OutlierConfig.SCHEMA.read(mapping())).isEqualTo(OutlierConfig.DEFAULTS);
        assertThat(HealthConfig.SCHEMA.read(mapping())).isEqualTo(HealthConfig.DEFAULTS);
        assertThat(HashConfig.SCHEMA.read(mapping()))
                .isEqualTo(new HashConfig(HashConfig.By.SOURCE, ""));
    }

    @Test
    void refusesWhatCannotWorkWithTheMend() {
        assertThatThrownBy(() -> BalanceConfig.SCHEMA.read(mapping("algorithm", "ring-hash")))
                .hasMessageContaining("give both or neither");
        assertThatThrownBy(() -> HashConfig.SCHEMA.read(mapping("by", "header")))
                .hasMessageContaining("name is needed");
        assertThatThrownBy(() -> HealthConfig.SCHEMA.read(mapping("timeout", "10s")))
                .hasMessageContaining("at most interval");
        assertThatThrownBy(() -> OutlierConfig.SCHEMA.read(mapping("maxEjection", "1s")))
                .hasMessageContaining("between 10ms and maxEjection");
    }
}
