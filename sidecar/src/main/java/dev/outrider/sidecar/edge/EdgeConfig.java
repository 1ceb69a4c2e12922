package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.auth.edge.EdgeAuthConfig;
import dev.outrider.sidecar.discover.KubernetesConfig;
import dev.outrider.sidecar.forward.CalledServices;
import dev.outrider.sidecar.forward.ServiceConfig;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.limit.LimitUse;
import dev.outrider.sidecar.limit.LimitsConfig;
import dev.outrider.sidecar.redis.RedisConfig;
import dev.outrider.sidecar.route.PathConfig;
import dev.outrider.sidecar.route.RouteConfig;
import dev.outrider.sidecar.route.RouteTable;
import dev.outrider.sidecar.route.UpgradeConfig;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The front door.
 *
 * @param https null: there is no TLS here
 * @param http null: there is no port for plain text
 * @param connections most connections of each port
 * @param everyRequest limits that hold before a request's route and caller are known
 * @param redis null: instances share nothing
 */
public record EdgeConfig(
        @Nullable SecurePort https,
        @Nullable PlainPort http,
        int connections,
        ClientsConfig clients,
        H1Limits http1,
        H2Limits http2,
        UpgradeConfig upgrades,
        EdgeAuthConfig auth,
        LimitsConfig limits,
        List<LimitUse> everyRequest,
        Map<String, List<LimitUse>> serviceLimits,
        PathConfig paths,
        List<EdgeRouteConfig> routes,
        @Nullable RedisConfig redis,
        Map<String, ServiceConfig> services,
        int eager,
        IdentityTokenConfig tokens,
        Map<String, String> tokenFiles,
        Duration startWait,
        KubernetesConfig cluster)
        implements CalledServices {

    public static final Schema<EdgeConfig> SCHEMA =
            Schema.record(
                    "EdgeConfig",
                    "The front door: clients from outside are led to services of the mesh.",
                    f ->
                            new EdgeConfig(
                                    f.nullable(
                                            "https",
                                            SecurePort.SCHEMA,
                                            "the port for TLS; without it there is none"),
                                    f.nullable(
                                            "http",
                                            PlainPort.SCHEMA,
                                            "the port for plain text; without it there is none"),
                                    f.optional(
                                            "connections",
                                            Schemas.integer(1, 1_000_000),
                                            50_000,
                                            "most connections of each port; further ones are"
                                                    + " closed at once"),
                                    f.optional(
                                            "clients",
                                            ClientsConfig.SCHEMA,
                                            ClientsConfig.DEFAULTS,
                                            "what one client may take of the door itself"),
                                    f.optional(
                                            "http1",
                                            H1Limits.SCHEMA,
                                            H1Limits.DEFAULTS,
                                            "what clients may send, and how slowly"),
                                    f.optional(
                                            "http2",
                                            H2Limits.SCHEMA,
                                            H2Limits.DEFAULTS,
                                            "the same for HTTP/2, and how long its connections"
                                                    + " live"),
                                    f.optional(
                                            "upgrades",
                                            UpgradeConfig.SCHEMA,
                                            UpgradeConfig.DEFAULTS,
                                            "which requests may become tunnels"),
                                    f.optional(
                                            "auth",
                                            EdgeAuthConfig.SCHEMA,
                                            EdgeAuthConfig.DEFAULTS,
                                            "whom the edge can tell apart; routes say whom they"
                                                    + " let in"),
                                    f.optional(
                                            "limits",
                                            LimitsConfig.SCHEMA,
                                            LimitsConfig.NONE,
                                            "how much clients may; what holds where is said by"
                                                    + " everyRequest, routes and serviceLimits"),
                                    f.optional(
                                            "everyRequest",
                                            Schemas.list(LimitUse.SCHEMA),
                                            List.of(),
                                            "limits of all requests, before their route and"
                                                    + " caller are known, so that guessing tokens"
                                                    + " is limited too; they count by client,"
                                                    + " header or constant and have no tiers, and"
                                                    + " a route that names one charges it no"
                                                    + " second time"),
                                    f.optional(
                                            "serviceLimits",
                                            Schemas.map(Schemas.list(LimitUse.SCHEMA)),
                                            Map.of(),
                                            "limits of a service, whatever route leads there"),
                                    f.optional(
                                            "paths",
                                            PathConfig.SCHEMA,
                                            PathConfig.DEFAULTS,
                                            "what becomes of paths that can be read in more than"
                                                    + " one way, before a route is looked for"),
                                    f.optional(
                                            "routes",
                                            Schemas.list(EdgeRouteConfig.SCHEMA),
                                            List.of(),
                                            "which requests go where; others get 404"),
                                    f.nullable(
                                            "redis",
                                            RedisConfig.SCHEMA,
                                            "what instances of the edge share: counters of limits,"
                                                    + " API keys, refused tokens"),
                                    f.optional(
                                            "services",
                                            Schemas.map(ServiceConfig.SCHEMA),
                                            Map.of(),
                                            "destinations by name; routes lead to them"),
                                    f.optional(
                                            "eager",
                                            Schemas.integer(0, 100_000),
                                            1000,
                                            "how many services, the first in the file, are looked"
                                                    + " up at the start, before readiness, and"
                                                    + " kept; any further one when it is first"
                                                    + " called"),
                                    f.optional(
                                            "tokens",
                                            IdentityTokenConfig.SCHEMA,
                                            IdentityTokenConfig.DEFAULTS,
                                            "how the edge's own identity tokens are sent and kept"),
                                    f.optional(
                                            "tokenFiles",
                                            Schemas.map(Schemas.text()),
                                            Map.of(),
                                            "files with identity tokens by audience, read again"
                                                    + " before they expire; other audiences are"
                                                    + " minted by the CA"),
                                    f.optional(
                                            "startWait",
                                            Schemas.duration(),
                                            Duration.ofSeconds(5),
                                            "how long the first calls to a service are held until"
                                                    + " the identity, the endpoints and the token"
                                                    + " they need are there"),
                                    f.optional(
                                            "kubernetes",
                                            KubernetesConfig.SCHEMA,
                                            KubernetesConfig.DEFAULTS,
                                            "the cluster of services whose endpoints are named by"
                                                    + " kubernetes; see discovery.md")));

    public EdgeConfig {
        routes = List.copyOf(routes);
        everyRequest = List.copyOf(everyRequest);
        serviceLimits = Map.copyOf(serviceLimits);
        for (EdgeRouteConfig each : routes) {
            requireServices(each, services.keySet());
            requireAuth(auth, each);
        }
        requireRedis(auth, redis);
        requireLimits(limits, everyRequest, serviceLimits, routes);
        for (String each : serviceLimits.keySet()) {
            if (!services.containsKey(each)) {
                throw new IllegalArgumentException(
                        "serviceLimits names '" + each + "', which is not among services");
            }
        }
        var _ =
                RouteTable.of(
                        routes.stream()
                                .map(each ->
                                        new RouteTable.Entry<>(
                                                each.name(),
                                                each.route().match(),
                                                each.route().priority(),
                                                each))
                                .toList());
        if (https == null && http == null) {
            throw new IllegalArgumentException("give https, http or both: there is no port");
        }
        if (https == null && http != null && http.redirect()) {
            throw new IllegalArgumentException(
                    "http.redirect sends clients to https, and there is none here: give https, or"
                            + " set http.redirect to false");
        }
    }

    private static void requireLimits(
            LimitsConfig limits,
            List<LimitUse> everyRequest,
            Map<String, List<LimitUse>> serviceLimits,
            List<EdgeRouteConfig> routes) {
        everyRequest.forEach(each -> limits.check(each, true));
        for (Map.Entry<String, List<LimitUse>> each : serviceLimits.entrySet()) {
            requireLimits(limits, everyRequest, each.getValue(), "serviceLimits", each.getKey());
        }
        for (EdgeRouteConfig route : routes) {
            requireLimits(limits, everyRequest, route.limits(), "route", route.name());
        }
    }

    private static void requireLimits(
            LimitsConfig limits,
            List<LimitUse> everyRequest,
            List<LimitUse> uses,
            String where,
            String name) {
        try {
            for (LimitUse use : uses) {
                limits.check(use, false);
                limits.checkOnce(use, everyRequest);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " '" + name + "': " + e.getMessage(), e);
        }
    }

    private static void requireAuth(EdgeAuthConfig auth, EdgeRouteConfig route) {
        if (route.auth() != null) {
            try {
                auth.check(route.auth());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "route '" + route.name() + "': " + e.getMessage(), e);
            }
        }
    }

    private static void requireRedis(EdgeAuthConfig auth, @Nullable RedisConfig redis) {
        boolean keys = auth.apiKeys() != null && auth.apiKeys().redis();
        boolean denied =
                auth.jwt() != null
                        && auth.jwt().denyList() != null
                        && auth.jwt().denyList().redis();
        if (redis == null && (keys || denied)) {
            throw new IllegalArgumentException(
                    (keys ? "auth.apiKeys" : "auth.jwt.denyList")
                            + " is kept in Redis, so give redis with its addresses");
        }
    }

    private static void requireServices(EdgeRouteConfig config, Set<String> known) {
        RouteConfig route = config.route();
        Set<String> named = new LinkedHashSet<>();
        if (config.body().mirror() != null) {
            named.add(config.body().mirror().service());
        }
        if (route.service() != null) {
            named.add(route.service());
        }
        if (route.split() != null) {
            named.addAll(route.split().services().keySet());
        }
        for (String each : named) {
            if (!known.contains(each)) {
                throw new IllegalArgumentException(
                        "route '"
                                + route.name()
                                + "' leads to '"
                                + each
                                + "', which is not among services: add it there, or name one of "
                                + known);
            }
        }
    }
}
