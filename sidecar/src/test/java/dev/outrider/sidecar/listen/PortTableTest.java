package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortTableTest {
    @Test
    void knowsPortsWhoseServerSpeaksFirst() {
        assertThat(PortTable.DEFAULTS.of(3306)).isEqualTo(AppProtocol.TCP);
        assertThat(PortTable.DEFAULTS.of(25)).isEqualTo(AppProtocol.TCP);
        assertThat(PortTable.DEFAULTS.of(443)).isEqualTo(AppProtocol.AUTO);
        assertThat(PortTable.DEFAULTS.of(8080)).isEqualTo(AppProtocol.AUTO);
    }

    @Test
    void believesTheUserFirst() {
        PortTable table = PortTable.of(Map.of("3306", AppProtocol.HTTP, "8443", AppProtocol.TLS));
        assertThat(table.of(3306)).isEqualTo(AppProtocol.HTTP);
        assertThat(table.of(8443)).isEqualTo(AppProtocol.TLS);
        assertThat(table.saysOpaque(8443)).isTrue();
        assertThat(table.saysOpaque(25)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http", "-1", "080", "1e3"})
    void refusesWhatIsNoPort(String port) {
        Map<String, AppProtocol> ports = Map.of(port, AppProtocol.TCP);
        assertThatThrownBy(() -> PortTable.of(ports))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(port);
    }
}
