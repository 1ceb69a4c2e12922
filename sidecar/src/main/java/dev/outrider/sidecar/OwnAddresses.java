package dev.outrider.sidecar;

import dev.outrider.sidecar.listen.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether an address is one of this proxy's own listeners. Captured traffic must never be sent
 * there: it would come back and be sent there again. Any thread; the list may still grow.
 *
 * @param local this host's addresses, which for a pod do not change
 */
record OwnAddresses(List<Listener> listeners, Set<InetAddress> local)
        implements Predicate<InetSocketAddress> {

    static OwnAddresses of(List<Listener> listeners) {
        try {
            return new OwnAddresses(
                    listeners,
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .collect(Collectors.toUnmodifiableSet()));
        } catch (SocketException e) {
            throw new IllegalStateException("the network interfaces cannot be listed", e);
        }
    }

    @Override
    public boolean test(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        boolean here = ip.isLoopbackAddress() || ip.isAnyLocalAddress() || local.contains(ip);
        if (!here) {
            return false;
        }
        for (Listener listener : listeners) {
            InetSocketAddress own = listener.address();
            boolean any = own.getAddress().isAnyLocalAddress() || ip.isAnyLocalAddress();
            if (own.getPort() == address.getPort() && (any || own.getAddress().equals(ip))) {
                return true;
            }
        }
        return false;
    }
}
