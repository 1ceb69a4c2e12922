package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.PathRules;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.SafePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the path into its one form, finds the route, and goes on with the route's own filters.
 * What stands below sees, and sends on, the path that was matched.
 */
public final class RouteFilter implements RequestFilter {
    private static final String ASKED_METHOD = "access-control-request-method";

    /** A route with its verdict, which is made once. */
    private record Taken(Route route, Verdict verdict) {}

    private final RouteTable<Taken> table;
    private final PathRules paths;

    /**
     * @throws IllegalArgumentException if two routes have the same name or match the same requests
     */
    public RouteFilter(List<RouteTable.Entry<Route>> routes, PathConfig paths) {
        this.table =
                RouteTable.of(
                        routes.stream()
                                .map(each ->
                                        new RouteTable.Entry<>(
                                                each.name(),
                                                each.match(),
                                                each.priority(),
                                                taken(each.target())))
                                .toList());
        this.paths = paths.rules();
    }

    private static Taken taken(Route route) {
        return new Taken(route, new Verdict.Branch(route.filters(), route.upstream()));
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        String asked = request.path();
        String path = SafePath.normalise(asked, paths);
        if (path == null) {
            return new Verdict.Reject(
                    new Failure.BadRequest(
                            400, "ambiguous-path", "the path could be read in more than one way"));
        }
        if (!path.equals(asked)) {
            request.target(path + request.target().substring(asked.length()));
        }
        exchange.edge().matchedPath(path);
        Taken taken = find(request, path);
        if (taken == null) {
            return new Verdict.Reject(none(request, path));
        }
        exchange.edge().route(taken.route.name());
        return taken.verdict;
    }

    private @Nullable Taken find(RequestHead request, String path) {
        if (request.method().equals("OPTIONS") && request.headers().contains("origin")) {
            String method = request.headers().get(ASKED_METHOD);
            Taken taken = method == null ? null : table.findPreflighted(request, path, method);
            if (taken != null && taken.route.preflights()) {
                return taken;
            }
        }
        return table.find(request, path);
    }

    private Failure none(RequestHead request, String path) {
        List<String> methods = table.methods(request, path);
        String where = request.authority() + path;
        return new Failure.NoRoute(
                methods.isEmpty()
                        ? "no route matches " + where
                        : "no route matches " + request.method() + " " + where,
                methods);
    }
}
