package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.RequestHandler;

/** Takes the requests of a connection whose peer is known. On the connection's loop. */
@FunctionalInterface
public interface ConnectionHandler {
    RequestHandler connected(Peer peer);
}
