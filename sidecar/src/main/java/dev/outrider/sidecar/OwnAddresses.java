package dev.outrider.sidecar;

import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.transport.IpPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether an address is one of this proxy's own listeners. Captured traffic must never be sent
 * there: it would come back and be sent there again. Any thread; the list may still grow.
 *
 * @param admin the operator's port, which takes callers on this host for operators; null: none
 * @param local this host's addresses, which for a pod do not change
 */
record OwnAddresses(List<Listener> listeners, @Nullable IpPort admin, Set<InetAddress> local)
        implements Predicate<InetSocketAddress> {

    static OwnAddresses of(@Nullable IpPort admin) {
        try {
            return new OwnAddresses(
                    new CopyOnWriteArrayList<>(),
                    admin,
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
            if (covers(listener.address(), address)) {
                return true;
            }
        }
        return admin != null && covers(admin.socketAddress(), address);
    }

    private static boolean covers(InetSocketAddress own, InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        boolean any = own.getAddress().isAnyLocalAddress() || ip.isAnyLocalAddress();
        return own.getPort() == address.getPort() && (any || own.getAddress().equals(ip));
    }
}
