package dev.outrider.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PortsTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void aBlockOfFreePortsIsConsecutiveAndBelowThoseOfOutgoingConnections() throws Exception {
        Ports ports = Ports.anywhere(new Random(7), NAMES);

        assertThat(ports.of("b")).isEqualTo(ports.of("a") + 1);
        assertThat(ports.of("c")).isEqualTo(ports.of("a") + 2).isLessThan(32_768);
    }

    @Test
    void aTakenPortIsNamedWithItsUse() throws Exception {
        int base = Ports.anywhere(new Random(8), NAMES).of("a");
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), base + 1));

            assertThatThrownBy(() -> Ports.from(base, NAMES))
                    .hasMessageStartingWith("port " + (base + 1) + " (for b) is taken");
        }
    }

    @Test
    void aBlockMustFitBetweenTheReservedPortsAndTheLast() {
        assertThatThrownBy(() -> Ports.from(65_534, NAMES)).hasMessageContaining("65535");
        assertThatThrownBy(() -> Ports.from(80, NAMES)).hasMessageContaining("1024");
    }
}
