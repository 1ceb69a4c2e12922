package dev.outrider.sidecar.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.schema.InvalidValue;
import dev.outrider.sidecar.schema.Plain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminConfigTest {
    private static AdminConfig read(String key, String value) {
        return AdminConfig.SCHEMA.read(Plain.mapping(key, value));
    }

    @Test
    void listensOnLoopbackUnlessToldOtherwise() {
        assertThat(AdminConfig.SCHEMA.read(Plain.mapping())).isEqualTo(AdminConfig.DEFAULTS);
        assertThat(AdminConfig.DEFAULTS.address()).hasToString("127.0.0.1:15000");
        assertThat(AdminConfig.DEFAULTS.address().address().isLoopbackAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "127.0.0.1:65535", "[0:0:0:0:0:0:0:1]:15000"})
    void takesIpAddressesWithAPort(String address) {
        assertThat(read("listen", address).address()).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1", "127.0.0.1", "::1:80", "1.2.3.4:65536", "999.1.1.1:1"})
    void refusesNamesAndHalfAddresses(String address) {
        assertThatThrownBy(() -> read("listen", address))
                .isInstanceOf(InvalidValue.class)
                .hasMessageEndingWith("found '" + address + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "10m", "1h"})
    void boundsTheTimeout(String timeout) {
        assertThatThrownBy(() -> read("timeout", timeout))
                .isInstanceOf(InvalidValue.class)
                .hasMessage("'timeout' must be from 100ms to 5m");
    }
}
