package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.transport.AddressRange;
import dev.outrider.sidecar.transport.IpPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A port and what its clients may do; made from the record of the direction it serves.
 *
 * @param ports what captured connections speak, by the port they were going to
 * @param uncaptured what the others speak
 * @param detectTimeout how long a client may be silent until it is taken to await the server
 * @param proxyProtocolFrom balancers, which must begin with the PROXY protocol's header
 * @param perClient most connections of one address, 0 for any number; balancers are not counted
 */
public record ListenerConfig(
        String name,
        Direction direction,
        IpPort address,
        int connections,
        H1Limits limits,
        H2Limits http2,
        Capture capture,
        PortTable ports,
        AppProtocol uncaptured,
        Duration detectTimeout,
        List<AddressRange> proxyProtocolFrom,
        int perClient) {
    public ListenerConfig {
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    }

    /** Whether that client is a balancer. */
    boolean balancer(InetSocketAddress client) {
        for (AddressRange each : proxyProtocolFrom) {
            if (each.contains(client)) {
                return true;
            }
        }
        return false;
    }
}
