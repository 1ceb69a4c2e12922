package dev.outrider.sidecar.auth.edge;

import dev.outrider.sidecar.auth.EdgeTokens;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.filter.RequestFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all routes judge callers by. Its parts are the composition's to start and to close.
 *
 * @param tokens null if the edge accepts none
 * @param keys null if the edge accepts none
 * @param counts of all routes
 */
public record EdgeAuth(
        EdgeAuthConfig config,
        @Nullable EdgeTokens tokens,
        @Nullable ApiKeys keys,
        CallerCounts counts) {
    public EdgeAuth(EdgeAuthConfig config, @Nullable EdgeTokens tokens, @Nullable ApiKeys keys) {
        this(config, tokens, keys, new CallerCounts());
    }

    public EdgeAuth {
        if ((config.jwt() == null) != (tokens == null)
                || (config.apiKeys() == null) != (keys == null)) {
            throw new IllegalArgumentException("the parts are not those of the configuration");
        }
    }

    /** The filters of a route, in their order. */
    public List<RequestFilter> filters(RouteAuthConfig route) {
        List<RequestFilter> filters = new ArrayList<>();
        filters.add(new EdgeAuthFilter(route, this));
        if (RbacFilter.isNeeded(route)) {
            filters.add(new RbacFilter(route, this));
        }
        filters.add(new ClaimHeaders(config.headers()));
        return List.copyOf(filters);
    }
}
