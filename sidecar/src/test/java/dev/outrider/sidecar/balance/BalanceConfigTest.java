package dev.outrider.sidecar.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BalanceConfigTest {
    private static Value mapping(String... pairs) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            entries.put(pairs[i], new Value.Scalar(Value.Place.NOWHERE, pairs[i + 1]));
        }
        return new Value.Mapping(Value.Place.NOWHERE, entries);
    }

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
