package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.route.RouteConfig;
import dev.outrider.sidecar.schema.Schema;

/**
 * A route with all that guards it.
 *
 * @param route which requests it has, and what becomes of their heads
 * @param openBreaker what is done while the breaker of its service is open
 */
public record EdgeRouteConfig(RouteConfig route, OpenBreakerConfig openBreaker) {
    public static final Schema<EdgeRouteConfig> SCHEMA =
            Schema.record(
                    "EdgeRouteConfig",
                    "Which requests a route has and what becomes of them.",
                    f ->
                            new EdgeRouteConfig(
                                    RouteConfig.of(f),
                                    f.optional(
                                            "openBreaker",
                                            OpenBreakerConfig.SCHEMA,
                                            OpenBreakerConfig.DEFAULTS,
                                            "what is done while the breaker of its service is"
                                                    + " open")));

    String name() {
        return route.name();
    }
}
