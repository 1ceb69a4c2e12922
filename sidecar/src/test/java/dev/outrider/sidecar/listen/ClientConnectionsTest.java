package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class ClientConnectionsTest {
    private final ClientConnections connections = new ClientConnections();

    private boolean enter(String client, int most) {
        return connections.enter(InetAddress.ofLiteral(client), most);
    }

    @Test
    void countsEachAddressAndForgetsThoseWithoutAny() {
        assertThat(enter("192.0.2.1", 2)).isTrue();
        assertThat(enter("192.0.2.1", 2)).isTrue();
        assertThat(enter("192.0.2.1", 2)).isFalse();
        assertThat(enter("192.0.2.2", 2)).isTrue();
        connections.leave(InetAddress.ofLiteral("192.0.2.1"));
        assertThat(enter("192.0.2.1", 2)).isTrue();
        connections.leave(InetAddress.ofLiteral("192.0.2.2"));
        assertThat(connections.clients()).isEqualTo(1);
    }

    /** A host with IPv6 has as many addresses as it wants, all in one network. */
    @Test
    void countsTheAddressesOfAnIpv6NetworkTogether() {
        assertThat(enter("2001:db8:0:1::1", 2)).isTrue();
        assertThat(enter("2001:db8:0:1:ffff::2", 2)).isTrue();
        assertThat(enter("2001:db8:0:1:abcd:1:2:3", 2)).isFalse();
        assertThat(enter("2001:db8:0:2::1", 2)).isTrue();
        connections.leave(InetAddress.ofLiteral("2001:db8:0:1::1"));
        assertThat(enter("2001:db8:0:1::9", 2)).isTrue();
        assertThat(connections.clients()).isEqualTo(2);
    }
}
