package dev.outrider.sidecar.route;

import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Upstream;
import java.util.List;

/**
 * What a route leads to.
 *
 * @param preflights whether it answers the questions that browsers ask before a request (CORS)
 */
public record Route(
        String name, List<RequestFilter> filters, Upstream upstream, boolean preflights) {
    public Route {
        filters = List.copyOf(filters);
    }
}
