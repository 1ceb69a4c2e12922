package dev.outrider.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTableTest {
    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    private static List<AddressRange> ranges(String... texts) {
        return Stream.of(texts).map(AddressRange::parse).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "10.96.0.10, 10.96.0.10, 1, true",
        "10.96.0.10, 10.96.0.11, 1, false",
        "10.96.0.10:5432, 10.96.0.10, 5432, true",
        "10.96.0.10:5432, 10.96.0.10, 5433, false",
        "10.96.0.0/12, 10.111.255.255, 1, true",
        "10.96.0.0/12, 10.112.0.0, 1, false",
        "0.0.0.0/0, 203.0.113.9, 443, true",
        "0.0.0.0/0, fd00::1, 443, false",
        "fd00::/8, fdff::1, 443, true",
        "fd00::1, fd00::1, 443, true",
        "[fd00::1]:443, fd00::1, 443, true",
        "[fd00::1]:443, fd00::1, 80, false",
    })
    void saysWhatIsInARange(String range, String ip, int port, boolean inside) {
        assertThat(AddressRange.parse(range).contains(at(ip, port))).isEqualTo(inside);
        assertThat(AddressRange.parse(range))
                .hasToString(range.replace("fd00::", "fd00:0:0:0:0:0:0:").replace(":/", ":0/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"db", "10.96.0.1/12", "10.96.0.0/33", "10.0.0.0/x", "10.0.0", "", "1:2:3"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNarrowestRangeWins() {
        AddressTable<String> table =
                AddressTable.of(
                        Map.of(
                                "wide", ranges("10.0.0.0/8"),
                                "narrow", ranges("10.96.0.0/12"),
                                "one", ranges("10.96.0.10"),
                                "port", ranges("10.96.0.10:5432")));
        assertThat(table.exactly(at("10.96.0.10", 5432))).isEqualTo("port");
        assertThat(table.exactly(at("10.96.0.10", 80))).isEqualTo("one");
        assertThat(table.exactly(at("10.96.0.11", 80))).isNull();
        assertThat(table.around(at("10.96.0.11", 80))).isEqualTo("narrow");
        assertThat(table.around(at("10.1.0.1", 80))).isEqualTo("wide");
        assertThat(table.around(at("11.1.0.1", 80))).isNull();
    }

    @Test
    void refusesAnAddressThatTwoClaim() {
        assertThatThrownBy(() ->
                        AddressTable.of(
                                Map.of(
                                        "a", ranges("10.0.0.1"),
                                        "b", ranges("10.0.0.1"))))
                .hasMessageContaining("10.0.0.1");
    }
}
