package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.auth.edge.RouteAuthConfig;
import dev.outrider.sidecar.body.BodyConfig;
import dev.outrider.sidecar.limit.LimitUse;
import dev.outrider.sidecar.route.RouteConfig;
import dev.outrider.sidecar.route.RouteTable;
import dev.outrider.sidecar.schema.Fields;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A route with all that guards it.
 *
 * @param route which requests it has, and what becomes of their heads
 * @param auth null for redirects and answers that anybody may have
 * @param limits of the route; those of its service come beside them
 * @param openBreaker what is done while the breaker of its service is open
 */
public record EdgeRouteConfig(
        RouteConfig route,
        @Nullable RouteAuthConfig auth,
        List<LimitUse> limits,
        BodyConfig body,
        OpenBreakerConfig openBreaker) {
    public static final Schema<EdgeRouteConfig> SCHEMA =
            Schema.record(
                    "EdgeRouteConfig",
                    "Which requests a route has and what becomes of them.",
                    EdgeRouteConfig::of);

    /** Asks for all fields before any part is made, so that all are known where one is wrong. */
    private static EdgeRouteConfig of(Fields f) {
        Supplier<RouteConfig> route = RouteConfig.of(f);
        RouteAuthConfig auth =
                f.nullable(
                        "auth",
                        RouteAuthConfig.SCHEMA,
                        "who may call it; every route that leads to a service says so");
        List<LimitUse> limits =
                f.optional(
                        "limits",
                        Schemas.list(LimitUse.SCHEMA),
                        List.of(),
                        "limits that hold for it, decided together with those of its service;"
                                + " per-key*5 is one whose requests cost 5 units here");
        BodyConfig body = BodyConfig.of(f);
        OpenBreakerConfig openBreaker =
                f.optional(
                        "openBreaker",
                        OpenBreakerConfig.SCHEMA,
                        OpenBreakerConfig.DEFAULTS,
                        "what is done while the breaker of its service is open");
        return new EdgeRouteConfig(route.get(), auth, limits, body, openBreaker);
    }

    public EdgeRouteConfig {
        limits = List.copyOf(limits);
        boolean leadsIn = route.service() != null || route.split() != null;
        if (leadsIn && auth == null) {
            throw new IllegalArgumentException(
                    "route '"
                            + route.name()
                            + "' must say who may call it: give auth, for everybody 'auth:"
                            + " {anonymous: true}'");
        }
        if (!leadsIn && !body.equals(BodyConfig.NONE)) {
            throw new IllegalArgumentException(
                    "route '" + route.name() + "' leads to no service, so no body goes anywhere");
        }
    }

    String name() {
        return route.name();
    }

    RouteTable.Entry<EdgeRouteConfig> entry() {
        return new RouteTable.Entry<>(route.name(), route.match(), route.priority(), this);
    }
}
