package dev.outrider.sidecar;

import dev.outrider.sidecar.forward.Self;
import dev.outrider.sidecar.inbound.Inbound;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.transport.AppsCaller;
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
 * @param aside the operator's port, which takes callers on this host for operators, and the pod's
 * @param local this host's addresses, which for a pod do not change
 * @param callers of the app, see {@link AppsCaller}
 */
record OwnAddresses(
        List<Listener> listeners,
        List<IpPort> aside,
        Set<InetAddress> local,
        Set<InetAddress> callers)
        implements Predicate<InetSocketAddress>, Self {

    static OwnAddresses of(List<IpPort> aside) {
        try {
            return new OwnAddresses(
                    new CopyOnWriteArrayList<>(),
                    aside,
                    NetworkInterface.networkInterfaces()
                            .flatMap(NetworkInterface::inetAddresses)
                            .collect(Collectors.toUnmodifiableSet()),
                    AppsCaller.here());
        } catch (SocketException e) {
            throw new IllegalStateException("the network interfaces cannot be listed", e);
        }
    }

    @Override
    public boolean test(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (!here(ip)) {
            return false;
        }
        for (Listener listener : listeners) {
            if (covers(listener.address(), address)) {
                return true;
            }
        }
        return aside.stream().anyMatch(each -> covers(each.socketAddress(), address));
    }

    private boolean here(InetAddress ip) {
        return ip.isLoopbackAddress() || ip.isAnyLocalAddress() || local.contains(ip);
    }

    /**
     * The app is behind neither port. Another service may be this pod itself, by the way in; behind
     * the way out it cannot be.
     */
    @Override
    public boolean leadsBack(String service, InetSocketAddress address) {
        if (!here(address.getAddress())) {
            return false;
        }
        for (Listener listener : listeners) {
            boolean wrong = service.equals(Inbound.APP) || listener.name().equals("outbound");
            if (wrong && covers(listener.address(), address)) {
                return true;
            }
        }
        return false;
    }

    /** To the app by another address than loopback, which captured connections to it have too. */
    @Override
    public @Nullable InetSocketAddress source(String service, InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (!service.equals(Inbound.APP) || ip.isLoopbackAddress() || !local.contains(ip)) {
            return null;
        }
        InetSocketAddress source = AppsCaller.to(address);
        return callers.contains(source.getAddress()) ? source : null;
    }

    private static boolean covers(InetSocketAddress own, InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        boolean any = own.getAddress().isAnyLocalAddress() || ip.isAnyLocalAddress();
        return own.getPort() == address.getPort() && (any || own.getAddress().equals(ip));
    }
}
