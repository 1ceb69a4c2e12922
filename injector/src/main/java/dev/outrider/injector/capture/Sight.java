package dev.outrider.injector.capture;

import java.net.InetSocketAddress;

/** What became of a connection that the probe opened. */
sealed interface Sight {
    /** It came out at the proxy's port, and this is where it was going. */
    record Arrived(InetSocketAddress originalDestination) implements Sight {}

    /** Somebody answered, but it did not come out at the proxy's port. */
    record Elsewhere() implements Sight {}

    /** Somebody answered; another program holds the proxy's port, so it cannot be seen who. */
    record Hidden() implements Sight {}

    record NotConnected(String why) implements Sight {}
}
