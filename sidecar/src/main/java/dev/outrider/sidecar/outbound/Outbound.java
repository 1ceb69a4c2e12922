package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.auth.IdentityTokenFilter;
import dev.outrider.sidecar.auth.StripHeaders;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.observe.TracingFilter;
import dev.outrider.sidecar.route.DeadlineFilter;
import dev.outrider.sidecar.route.HostRouteFilter;
import dev.outrider.sidecar.route.HostTable;
import dev.outrider.sidecar.time.Ticker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happens to a request of the local app, in this order. */
public final class Outbound {
    private Outbound() {}

    public static FilterChain chain(
            OutboundConfig config,
            TracingFilter tracing,
            StartWait start,
            IdentityTokenFilter identityTokens,
            Upstream forwarder,
            ExchangeObserver observer,
            Ticker ticker) {
        return new FilterChain(
                List.of(
                        tracing, // first: even refusals get a span and a request id
                        new StripHeaders(List.of(config.tokens().header().name())),
                        new DeadlineFilter(), // what the app's own caller has left
                        new HostRouteFilter(targets(config.services())), // shortens the deadline
                        start, // after the route: what is missing hangs on it
                        identityTokens), // after the route: its audience is the destination
                forwarder,
                observer,
                ticker);
    }

    /** Refuses a host that two services claim. */
    static HostTable<HostRouteFilter.Target> targets(Map<String, ServiceConfig> services) {
        Map<HostRouteFilter.Target, List<String>> hosts = new HashMap<>();
        services.forEach((name, service) ->
                hosts.put(
                        new HostRouteFilter.Target(name, service.timeout().toNanos()),
                        service.hosts()));
        return HostTable.of(hosts);
    }
}
