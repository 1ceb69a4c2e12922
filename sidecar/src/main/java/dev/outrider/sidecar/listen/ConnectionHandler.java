package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.RequestHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Takes the requests of a connection whose peer is known. On the connection's loop. */
@FunctionalInterface
public interface ConnectionHandler {
    /** {@code destination}: where it was going before it was captured; null if it was not. */
    RequestHandler connected(Peer peer, @Nullable InetSocketAddress destination);
}
