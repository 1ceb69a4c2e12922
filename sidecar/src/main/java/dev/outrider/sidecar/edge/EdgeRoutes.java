package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.auth.edge.EdgeAuth;
import dev.outrider.sidecar.body.BodyConfig;
import dev.outrider.sidecar.body.MirrorConfig;
import dev.outrider.sidecar.body.MirrorCounts;
import dev.outrider.sidecar.body.MirrorFilter;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.limit.LimitUse;
import dev.outrider.sidecar.limit.Limits;
import dev.outrider.sidecar.route.Route;
import dev.outrider.sidecar.route.RouteFilter;
import dev.outrider.sidecar.route.RouteFilters;
import dev.outrider.sidecar.route.RouteTable;
import dev.outrider.sidecar.route.SplitConfig;
import dev.outrider.sidecar.time.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each route adds to the common list, in this order. */
public final class EdgeRoutes {
    private EdgeRoutes() {}

    /**
     * What all routes share.
     *
     * @param toServices after the route has chosen a service: what its calls have to wait for, and
     *     the token they carry
     */
    public record Parts(
            RouteFilters.Context context,
            EdgeAuth auth,
            Limits limits,
            List<RequestFilter> toServices,
            Upstream forwarder,
            ExchangeObserver mirrored,
            MirrorCounts mirrorCounts,
            Ticker ticker) {
        /** Where copies of requests go. */
        FilterChain mirror() {
            return new FilterChain(toServices, forwarder, mirrored, ticker);
        }
    }

    /** The last of the common list. May read files. */
    public static RouteFilter filter(EdgeConfig config, Parts parts) {
        List<RouteTable.Entry<Route>> routes = new ArrayList<>();
        for (EdgeRouteConfig each : config.routes()) {
            routes.add(
                    new RouteTable.Entry<>(
                            each.name(),
                            each.route().match(),
                            each.route().priority(),
                            route(each, config, parts)));
        }
        return new RouteFilter(routes, config.paths());
    }

    private static Route route(EdgeRouteConfig config, EdgeConfig edge, Parts parts) {
        RouteFilters own = RouteFilters.of(config.route(), parts.context);
        BodyConfig body = config.body();
        List<RequestFilter> filters = new ArrayList<>(own.first());
        filters.addAll(body.first());
        if (config.auth() != null) {
            filters.addAll(parts.auth.filters(config.auth()));
        }
        filters.addAll(own.choice()); // which service, perhaps by who calls
        add(filters, limits(config, edge, parts.limits)); // they may count by caller
        add(filters, config.openBreaker().filter());
        filters.addAll(own.last()); // redirects, answers and rewrites
        filters.addAll(body.last());
        MirrorConfig mirror = body.mirror();
        if (mirror != null) {
            // Before the token: the copy gets one for the service it goes to.
            filters.add(
                    new MirrorFilter(
                            mirror,
                            parts.mirror(),
                            parts.ticker,
                            parts.context.random(),
                            parts.mirrorCounts));
        }
        filters.addAll(parts.toServices);
        return new Route(config.name(), filters, body.upstream(parts.forwarder), own.preflights());
    }

    private static void add(List<RequestFilter> filters, @Nullable RequestFilter filter) {
        if (filter != null) {
            filters.add(filter);
        }
    }

    /** The route's and its service's, decided together; null if there are none. */
    private static @Nullable RequestFilter limits(
            EdgeRouteConfig config, EdgeConfig edge, Limits limits) {
        SplitConfig split = config.route().split();
        if (split == null
                || Collections.disjoint(split.services().keySet(), edge.serviceLimits().keySet())) {
            return limits.filter(uses(config, config.route().service(), edge));
        }
        Map<String, RequestFilter> byService = new HashMap<>();
        for (String service : split.services().keySet()) {
            RequestFilter filter = limits.filter(uses(config, service, edge));
            if (filter != null) {
                byService.put(service, filter);
            }
        }
        return new SplitLimits(Map.copyOf(byService));
    }

    /** Without those that have been charged before the route was known. */
    private static List<LimitUse> uses(
            EdgeRouteConfig config, @Nullable String service, EdgeConfig edge) {
        List<LimitUse> uses = new ArrayList<>(config.limits());
        if (service != null) {
            uses.addAll(edge.serviceLimits().getOrDefault(service, List.of()));
        }
        uses.removeIf(use -> edge.everyRequest().stream().anyMatch(use::sameLimit));
        return uses;
    }
}
