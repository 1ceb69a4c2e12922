package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.auth.IdentityTokenFilter;
import dev.outrider.sidecar.auth.StripHeaders;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ReverseNames;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.forward.CallConfig;
import dev.outrider.sidecar.forward.PoolConfig;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.forward.Services;
import dev.outrider.sidecar.forward.StartWait;
import dev.outrider.sidecar.forward.TcpRoute;
import dev.outrider.sidecar.forward.UpstreamProtocol;
import dev.outrider.sidecar.listen.AppProtocol;
import dev.outrider.sidecar.listen.Capture;
import dev.outrider.sidecar.listen.ListenerConfig;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.HostRouteFilter;
import dev.outrider.sidecar.route.HostTable;
import dev.outrider.sidecar.route.UnknownHost;
import dev.outrider.sidecar.route.UpgradeFilter;
import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to a request of the local app, in this order. */
public final class Outbound {
    /** As a service: wherever a captured connection was going. */
    public static final String PASSTHROUGH = "passthrough";

    private Outbound() {}

    /**
     * @param cluster whose Services need not be listed
     * @param reverse finds them by their addresses
     * @param services all there are
     */
    public static FilterChain chain(
            OutboundConfig config,
            Cluster cluster,
            ReverseNames reverse,
            Services services,
            TracingFilter tracing,
            StartWait start,
            IdentityTokenFilter identityTokens,
            Upstream forwarder,
            ExchangeObserver observer,
            Ticker ticker) {
        return new FilterChain(
                List.of(
                        tracing, // first: even refusals get a span and a request id
                        new UpgradeFilter(config.upgrades()),
                        new StripHeaders(List.of(config.tokens().header().name())),
                        new DeadlineFilter(), // what the app's own caller has left
                        new HostRouteFilter(
                                targets(config.services()),
                                unlisted(
                                        config, cluster, reverse, services,
                                        ticker)), // may shorten it
                        start, // after the route: what is missing hangs on it
                        identityTokens), // after the route: its audience is the destination
                forwarder,
                observer,
                ticker);
    }

    /** The port that the app, or the kernel's redirection, connects to. */
    public static ListenerConfig listener(OutboundConfig config) {
        return new ListenerConfig(
                "outbound",
                Direction.OUTBOUND,
                config.listen(),
                config.connections(),
                config.http(),
                config.http2(),
                config.capture() ? Capture.OR_LOOPBACK : Capture.NONE,
                config.ports(),
                AppProtocol.HTTP, // only a Host header can say where an uncaptured one goes
                config.detectTimeout(),
                List.of(),
                0);
    }

    private static RequestFilter unlisted(
            OutboundConfig config,
            Cluster cluster,
            ReverseNames reverse,
            Services services,
            Ticker ticker) {
        RequestFilter unknown = new UnknownHost(fallback(config));
        ClusterServicesConfig others = config.unlisted();
        return others == null
                ? unknown
                : new ClusterRouteFilter(
                        others, cluster, reverse, services, unknown, config.startWait(), ticker);
    }

    private static HostRouteFilter.@Nullable Target fallback(OutboundConfig config) {
        return switch (config.unknown()) {
            case PASS -> new HostRouteFilter.Target(PASSTHROUGH, 0);
            case REFUSE -> null;
        };
    }

    /** What {@link #PASSTHROUGH} is; nothing is known of it that could set limits. */
    public static ServiceConfig passthrough(OutboundConfig config) {
        PoolConfig pool = PoolConfig.DEFAULTS;
        BulkheadConfig bulkhead = BulkheadConfig.DEFAULTS;
        // Of the many destinations in it none may keep the others waiting before the port is full.
        int most = Math.max(config.connections(), bulkhead.concurrent());
        return ServiceConfig.toOriginalDestination(
                PASSTHROUGH,
                CallConfig.once(
                        UpstreamProtocol.AUTO,
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        new BulkheadConfig(most, bulkhead.queued(), bulkhead.queueTimeout()),
                        new PoolConfig(
                                config.tcp().connectTimeout(),
                                pool.idlePerEndpoint(),
                                pool.idle(),
                                pool.maxAge(),
                                pool.http2())));
    }

    /**
     * Where raw TCP goes.
     *
     * @param services {@link #PASSTHROUGH} among them if unknown destinations are let pass
     */
    public static TcpRoute tcpRoute(
            OutboundConfig config, Services services, Cluster cluster, ReverseNames reverse) {
        ClusterServicesConfig others = config.unlisted();
        return new OutboundTcpRoute(
                config,
                services,
                others == null
                        ? null
                        : new ClusterTcpRoute(
                                others, cluster, reverse, services, config.startWait()));
    }

    /** Refuses a host that two services claim. */
    static HostTable<HostRouteFilter.Target> targets(Map<String, ServiceConfig> services) {
        // Names are unique; a record's own hash would be made by the JVM here, on the way to ready.
        Map<HostRouteFilter.Target, List<String>> hosts = new IdentityHashMap<>();
        services.forEach((name, service) ->
                hosts.put(
                        new HostRouteFilter.Target(name, service.call().timeout().toNanos()),
                        service.hosts()));
        return HostTable.of(hosts);
    }
}
