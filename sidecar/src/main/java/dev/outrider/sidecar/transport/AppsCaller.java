package dev.outrider.sidecar.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The source of connections that the way in opens to the app by another address than loopback:
 * 127.0.0.6 or ::6. The capture rules let these pass; with the host's own address as their source
 * they would be led back to this proxy.
 */
public final class AppsCaller {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.6");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::6");

    private AppsCaller() {}

    /** The source of a connection to there. */
    public static InetSocketAddress to(InetSocketAddress app) {
        return new InetSocketAddress(app.getAddress() instanceof Inet6Address ? IPV6 : IPV4, 0);
    }

    /** Those of the two that this host has; ::6 is there only where it was added. */
    public static Set<InetAddress> here() {
        return Stream.of(IPV4, IPV6)
                .filter(AppsCaller::bindable)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean bindable(InetAddress address) {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a connection comes from there. */
    public static boolean is(InetSocketAddress client) {
        return IPV4.equals(client.getAddress()) || IPV6.equals(client.getAddress());
    }
}
