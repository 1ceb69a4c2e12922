package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.discover.EndpointsConfig;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.forward.ProxyProtocol;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.route.AddressTable;
import dev.outrider.sidecar.route.HostTable;
import dev.outrider.sidecar.transport.AddressRange;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service a captured connection was going to: by an address of the service, by one of its
 * endpoints, by a network of addresses, by the name asked for in TLS; and what is not listed, by
 * that name or by the address in the cluster. Who connects to an endpoint has chosen it, as clients
 * of databases and logs do, and gets that one. The endpoints of a service that is looked up are
 * known only once it is in use.
 */
final class OutboundTcpRoute implements TcpRoute {
    private final Set<String> configured;
    private final Services services;
    private final AddressTable<String> addresses;

    /** Of those that need no look-up, made or not. */
    private final Map<InetSocketAddress, String> byEndpoint;

    private final HostTable<String> hosts;
    private final @Nullable Service passthrough;
    private final @Nullable ClusterTcpRoute unlisted;

    /**
     * @param unlisted asked about what is not listed; null: nobody is
     */
    OutboundTcpRoute(OutboundConfig config, Services services, @Nullable ClusterTcpRoute unlisted) {
        this.configured = config.services().keySet();
        this.services = services;
        this.addresses = addresses(config.services());
        this.byEndpoint = config.capture() ? byEndpoint(config.services()) : Map.of();
        Map<String, List<String>> names = new HashMap<>();
        config.services().forEach((name, service) -> names.put(name, service.hosts()));
        this.hosts = HostTable.of(names);
        this.passthrough =
                switch (config.unknown()) {
                    case PASS -> services.find(Outbound.PASSTHROUGH);
                    case REFUSE -> null;
                };
        this.unlisted = unlisted;
    }

    /** Refuses an address that two services claim. */
    static AddressTable<String> addresses(Map<String, ServiceConfig> services) {
        Map<String, List<AddressRange>> ranges = new HashMap<>();
        services.forEach((name, service) -> ranges.put(name, service.addresses()));
        return AddressTable.of(ranges);
    }

    /** Of two services that run at the same endpoint it is the first in the file. */
    private static Map<InetSocketAddress, String> byEndpoint(Map<String, ServiceConfig> services) {
        Map<InetSocketAddress, String> names = new HashMap<>();
        services.forEach((name, service) -> {
            EndpointsConfig endpoints = service.endpoints();
            if (endpoints != null) {
                endpoints.addresses().forEach(each -> names.putIfAbsent(each, name));
            }
        });
        return Map.copyOf(names);
    }

    @Override
    public Target find(TcpConnection connection) {
        return find(connection, true);
    }

    @Override
    public Target findAtLast(TcpConnection connection) {
        return find(connection, false);
    }

    private Target find(TcpConnection connection, boolean mayWait) {
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
        Target other = unlisted == null ? null : unlisted.find(connection, mayWait);
        return other != null ? other : unknown(destination, serverName);
    }

    private Target unknown(@Nullable InetSocketAddress destination, @Nullable String serverName) {
        return passthrough == null || destination == null
                ? new Nowhere(new Failure.NoRoute(wanted(destination, serverName)))
                : new To(passthrough, null, ProxyProtocol.OFF);
    }

    private @Nullable Target byAddress(InetSocketAddress destination) {
        Target exact = to(addresses.exactly(destination));
        if (exact != null) {
            return exact;
        }
        String name = byEndpoint.get(destination);
        Service known = name == null ? null : services.find(name);
        if (known != null) {
            return at(destination, known);
        }
        for (Service service : services.made()) {
            if (called(service) && service.runsAt(destination)) {
                return at(destination, service);
            }
        }
        return to(addresses.around(destination));
    }

    /** The local app is among those that are made. */
    private boolean called(Service service) {
        EndpointsConfig endpoints = service.config().endpoints();
        return configured.contains(service.name()) || endpoints != null && endpoints.meshedOnly();
    }

    private static Target at(InetSocketAddress destination, Service service) {
        return new To(service, destination, service.config().proxyProtocol());
    }

    private @Nullable Target to(@Nullable String name) {
        Service service = name == null ? null : services.find(name);
        return service == null ? null : new To(service, null, service.config().proxyProtocol());
    }

    private static String wanted(@Nullable InetSocketAddress destination, @Nullable String name) {
        if (name != null) {
            return name;
        }
        return destination == null ? "" : destination.getHostString() + ":" + destination.getPort();
    }
}
