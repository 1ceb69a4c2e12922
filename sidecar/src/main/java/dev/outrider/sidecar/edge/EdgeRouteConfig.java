package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.limit.LimitUse;
import dev.outrider.sidecar.route.RouteConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;

/**
 * A route with all that guards it.
 *
 * @param route which requests it has, and what becomes of their heads
 * @param limits of the route; those of its service come beside them
 * @param openBreaker what is done while the breaker of its service is open
 */
public record EdgeRouteConfig(
        RouteConfig route, List<LimitUse> limits, OpenBreakerConfig openBreaker) {
    public static final Schema<EdgeRouteConfig> SCHEMA =
            Schema.record(
                    "EdgeRouteConfig",
                    "Which requests a route has and what becomes of them.",
                    f ->
                            new EdgeRouteConfig(
                                    RouteConfig.of(f),
                                    f.optional(
                                            "limits",
                                            Schemas.list(LimitUse.SCHEMA),
                                            List.of(),
                                            "limits that hold for it, decided together; per-key*5"
                                                    + " is one whose requests cost 5 units here"),
                                    f.optional(
                                            "openBreaker",
                                            OpenBreakerConfig.SCHEMA,
                                            OpenBreakerConfig.DEFAULTS,
                                            "what is done while the breaker of its service is"
                                                    + " open")));

    public EdgeRouteConfig {
        limits = List.copyOf(limits);
    }

    String name() {
        return route.name();
    }
}
