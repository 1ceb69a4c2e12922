package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.auth.EdgeJwtConfig;
import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.auth.edge.EdgeAuthConfig;
import dev.outrider.sidecar.auth.edge.RouteAuthConfig;
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
import dev.outrider.sidecar.schema.PartChecks;
import dev.outrider.sidecar.schema.PartPath;
import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    private static final int SHOWN = 10;

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
        PartChecks checks = new PartChecks();
        checkPorts(https, http, checks);
        if (redis == null) {
            checkNoRedis(auth, checks);
            checks.check(PartPath.of("limits"), limits::checkLocal);
        }
        check(limits, everyRequest, checks);
        checkServiceLimits(limits, everyRequest, serviceLimits, services.keySet(), checks);
        PartPath all = PartPath.of("routes");
        for (int i = 0; i < routes.size(); i++) {
            EdgeRouteConfig route = routes.get(i);
            PartPath path = all.item(i);
            checkServices(route, path, services.keySet(), checks);
            RouteAuthConfig wanted = route.auth();
            if (wanted != null) {
                checks.check(path.entry("auth"), () -> auth.check(wanted));
            }
            check(limits, everyRequest, route.limits(), path.entry("limits"), checks);
        }
        List<RouteTable.Entry<EdgeRouteConfig>> entries =
                routes.stream().map(EdgeRouteConfig::entry).toList();
        checks.check(all, () -> RouteTable.of(entries));
        checks.refuse();
    }

    private static void checkPorts(
            @Nullable SecurePort https, @Nullable PlainPort http, PartChecks checks) {
        if (https == null && http == null) {
            checks.add(PartPath.whole(), "give https, http or both: there is no port");
        }
        if (https == null && http != null && http.redirect()) {
            checks.add(
                    PartPath.of("http", "redirect"),
                    "http.redirect sends clients to https, and there is none here: give https, or"
                            + " set http.redirect to false");
        }
    }

    private static void checkNoRedis(EdgeAuthConfig auth, PartChecks checks) {
        String mend = " is kept in Redis, so give redis with its addresses";
        if (auth.apiKeys() != null && auth.apiKeys().redis()) {
            checks.add(PartPath.of("auth", "apiKeys", "redis"), "auth.apiKeys" + mend);
        }
        EdgeJwtConfig jwt = auth.jwt();
        if (jwt != null && jwt.denyList() != null && jwt.denyList().redis()) {
            checks.add(PartPath.of("auth", "jwt", "denyList", "redis"), "auth.jwt.denyList" + mend);
        }
    }

    private static void check(LimitsConfig limits, List<LimitUse> everyRequest, PartChecks checks) {
        PartPath all = PartPath.of("everyRequest");
        for (int i = 0; i < everyRequest.size(); i++) {
            LimitUse use = everyRequest.get(i);
            checks.check(all.item(i), () -> limits.check(use, true));
        }
    }

    private static void checkServiceLimits(
            LimitsConfig limits,
            List<LimitUse> everyRequest,
            Map<String, List<LimitUse>> serviceLimits,
            Set<String> services,
            PartChecks checks) {
        serviceLimits.forEach((service, uses) -> {
            PartPath path = PartPath.of("serviceLimits", service);
            checkService(service, path, services, checks);
            check(limits, everyRequest, uses, path, checks);
        });
    }

    private static void check(
            LimitsConfig limits,
            List<LimitUse> everyRequest,
            List<LimitUse> uses,
            PartPath path,
            PartChecks checks) {
        for (int i = 0; i < uses.size(); i++) {
            LimitUse use = uses.get(i);
            checks.check(
                    path.item(i),
                    () -> {
                        limits.check(use, false);
                        limits.checkOnce(use, everyRequest);
                    });
        }
    }

    private static void checkServices(
            EdgeRouteConfig config, PartPath path, Set<String> known, PartChecks checks) {
        RouteConfig route = config.route();
        if (route.service() != null) {
            checkService(route.service(), path.entry("service"), known, checks);
        }
        if (route.split() != null) {
            PartPath split = path.entry("split").entry("services");
            for (String each : route.split().services().keySet()) {
                checkService(each, split.entry(each), known, checks);
            }
        }
        if (config.body().mirror() != null) {
            checkService(
                    config.body().mirror().service(),
                    path.entry("mirror").entry("service"),
                    known,
                    checks);
        }
    }

    private static void checkService(
            String name, PartPath path, Set<String> known, PartChecks checks) {
        if (!known.contains(name)) {
            checks.add(
                    path,
                    "'"
                            + name
                            + "' is not among services: add it there, or name one of "
                            + shown(known));
        }
    }

    /** Of thousands only the first. */
    private static String shown(Set<String> known) {
        String first = known.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return known.size() > SHOWN ? first + " and " + (known.size() - SHOWN) + " more" : first;
    }
}
