package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.route.AddressRange;
import dev.outrider.sidecar.route.AddressTable;
import dev.outrider.sidecar.route.HostTable;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service a captured connection was going to: by an address of the service, by one of its
 * endpoints, by a network of addresses, by the name asked for in TLS. Who connects to an endpoint
 * has chosen it, as clients of databases and logs do, and gets that one.
 */
final class OutboundTcpRoute implements TcpRoute {
    private final Map<String, Service> services;
    private final AddressTable<String> addresses;
    private final HostTable<String> hosts;
    private final @Nullable Service passthrough;

    OutboundTcpRoute(OutboundConfig config, Map<String, Service> services) {
        Map<String, Service> configured = new HashMap<>(services);
        configured.keySet().retainAll(config.services().keySet());
        this.services = Map.copyOf(configured);
        this.addresses = addresses(config.services());
        Map<String, List<String>> names = new HashMap<>();
        config.services().forEach((name, service) -> names.put(name, service.hosts()));
        this.hosts = HostTable.of(names);
        this.passthrough =
                switch (config.unknown()) {
                    case PASS -> services.get(Outbound.PASSTHROUGH);
                    case REFUSE -> null;
                };
    }

    /** Refuses an address that two services claim. */
    static AddressTable<String> addresses(Map<String, ServiceConfig> services) {
        Map<String, List<AddressRange>> ranges = new HashMap<>();
        services.forEach((name, service) -> ranges.put(name, service.addresses()));
        return AddressTable.of(ranges);
    }

    @Override
    public Target find(TcpConnection connection) {
        InetSocketAddress destination = connection.destination();
        if (destination != null) {
            Target byAddress = byAddress(destination);
            if (byAddress != null) {
                return byAddress;
            }
        }
        String serverName = connection.serverName();
        Target byName = serverName == null ? null : to(hosts.find(serverName));
        if (byName != null) {
            return byName;
        }
        return passthrough == null || destination == null
                ? new Nowhere(new Failure.NoRoute(wanted(destination, serverName)))
                : new To(passthrough, null, ProxyProtocol.OFF);
    }

    private @Nullable Target byAddress(InetSocketAddress destination) {
        Target exact = to(addresses.exactly(destination));
        if (exact != null) {
            return exact;
        }
        for (Service service : services.values()) {
            if (service.runsAt(destination)) {
                return new To(service, destination, service.config().proxyProtocol());
            }
        }
        return to(addresses.around(destination));
    }

    private @Nullable Target to(@Nullable String name) {
        Service service = name == null ? null : services.get(name);
        return service == null ? null : new To(service, null, service.config().proxyProtocol());
    }

    private static String wanted(@Nullable InetSocketAddress destination, @Nullable String name) {
        if (name != null) {
            return name;
        }
        return destination == null ? "" : destination.getHostString() + ":" + destination.getPort();
    }
}
