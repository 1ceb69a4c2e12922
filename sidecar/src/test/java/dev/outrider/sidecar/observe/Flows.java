package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import java.net.InetSocketAddress;

/** Relayed connections for tests of observers. */
final class Flows {
    private Flows() {}

    static TcpFlow of(Direction direction, String service) {
        return new TcpFlow(
                new TcpConnection(
                        direction,
                        Peer.plain(new InetSocketAddress("10.1.2.3", 4711)),
                        new InetSocketAddress("10.96.0.7", 5432),
                        "db.shop"),
                service,
                0);
    }
}
