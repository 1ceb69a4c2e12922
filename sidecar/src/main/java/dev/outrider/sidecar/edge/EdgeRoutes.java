package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import dev.outrider.sidecar.route.Route;
import dev.outrider.sidecar.route.RouteFilter;
import dev.outrider.sidecar.route.RouteFilters;
import dev.outrider.sidecar.route.RouteTable;
import java.util.ArrayList;
import java.util.List;

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
            RouteFilters.Context context, List<RequestFilter> toServices, Upstream forwarder) {}

    /** The last of the common list. May read files. */
    public static RouteFilter filter(EdgeConfig config, Parts parts) {
        List<RouteTable.Entry<Route>> routes = new ArrayList<>();
        for (EdgeRouteConfig each : config.routes()) {
            routes.add(
                    new RouteTable.Entry<>(
                            each.name(),
                            each.route().match(),
                            each.route().priority(),
                            route(each, parts)));
        }
        return new RouteFilter(routes, config.paths());
    }

    private static Route route(EdgeRouteConfig config, Parts parts) {
        RouteFilters own = RouteFilters.of(config.route(), parts.context);
        List<RequestFilter> filters = new ArrayList<>(own.first());
        OpenBreakerFilter breaker = config.openBreaker().filter();
        if (breaker != null) {
            filters.add(breaker);
        }
        filters.addAll(own.last()); // redirects, answers and rewrites, then the service
        filters.addAll(parts.toServices);
        return new Route(config.name(), filters, parts.forwarder, own.preflights());
    }
}
