package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.admin.BreakerSwitches.Action;
import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.aside.PortRequest;
import dev.outrider.sidecar.aside.PortResponse;
import dev.outrider.sidecar.aside.Readiness;
import dev.outrider.sidecar.aside.RequestRefused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands at which address, and the rules that hold for all of them. */
final class AdminRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

    private final AdminViews views;
    private final Gate gate;
    private final List<Route> routes;

    AdminRoutes(AdminViews views, Gate gate) {
        this.views = views;
        this.gate = gate;
        this.routes = new ArrayList<>(common());
        if (views.edge() != null) {
            routes.addAll(new EdgePages(views.edge()).routes());
        }
    }

    private List<Route> common() {
        return List.of(
                Route.view("/", "this page", (_, _) -> page()),
                Route.open("/live", "whether the process works", (_, _) -> live()),
                Route.open("/ready", "whether traffic may come", (_, _) -> ready()),
                Route.open("/healthz/ready", "the same", (_, _) -> ready()),
                Route.open("/metrics", "metrics for Prometheus", (r, _) -> metrics(r)),
                Route.open("/stats/prometheus", "the same", (r, _) -> metrics(r)),
                Route.view(
                        "/config_dump",
                        "configuration without secrets",
                        (_, _) -> PortResponse.json(200, views.configDump().get())),
                Route.view("/clusters", "destinations", (_, _) -> clusters()),
                Route.view(
                        "/kubernetes",
                        "the cluster's Services that are in use",
                        (_, _) ->
                                PortResponse.json(
                                        200, ViewJson.kubernetes(views.kubernetes().get()))),
                Route.view("/listeners", "open ports", (_, _) -> listeners()),
                Route.view("/certs", "certificates in use", (_, _) -> certificates()),
                Route.view("/server_info", "what runs here", (_, _) -> info()),
                Route.view("/breakers", "circuit breakers", (_, _) -> breakers()),
                force("force-open", Action.FORCE_OPEN),
                force("force-close", Action.FORCE_CLOSE),
                force("reset", Action.RESET),
                Route.both(
                        "/logging",
                        "log levels; POST ?logger=root&level=debug sets one",
                        (r, _) -> logging(r)),
                Route.change("/drain_listeners", "take no new work", (_, _) -> drain()),
                Route.change(
                        "/reopen_logs",
                        "open log files anew, after they were rotated away",
                        (_, _) -> reopenLogs()),
                Route.change("/reload", "look at the configuration now", (_, _) -> reload()),
                Route.change("/quitquitquit", "drain and end", (_, _) -> quit()));
    }

    List<Route> all() {
        return Collections.unmodifiableList(routes);
    }

    /** Never throws: a fault of a view is the caller's 500 and a line in the log. */
    PortResponse answer(PortRequest request) {
        try {
            return route(request);
        } catch (RequestRefused e) {
            return e.response();
        } catch (RuntimeException e) {
            LOG.error("the admin port failed to answer {} {}", request.method(), request.path(), e);
            return PortResponse.text(500, "the sidecar failed to answer; its log says why");
        }
    }

    private PortResponse route(PortRequest request) throws RequestRefused {
        for (Route route : routes) {
            String name = route.match(request.path());
            if (name != null) {
                gate.check(request, route.open());
                String allowed = route.methods().allowed();
                if (!List.of(allowed.split(", ", -1)).contains(request.method())) {
                    return PortResponse.text(405, "use " + allowed).with("allow", allowed);
                }
                return route.handler().answer(request, name);
            }
        }
        gate.check(request, true);
        return PortResponse.json(
                404,
                ViewJson.object(
                        "error",
                        "there is nothing at this address",
                        "paths",
                        routes.stream().map(Route::path).toList()));
    }

    private Route force(String word, Action action) {
        return Route.change(
                "/breakers/{name}/" + word,
                "switch a breaker",
                (_, name) -> {
                    if (!views.breakers().change(name, action)) {
                        throw new RequestRefused(
                                404, "there is no breaker of that name; /breakers lists them");
                    }
                    LOG.warn("breaker {}: {} by the admin port", name, word);
                    return PortResponse.text(200, "ok");
                });
    }

    private PortResponse page() {
        return new PortResponse(200, "text/html; charset=utf-8", HomePage.html(views, routes))
                .with("content-security-policy", HomePage.POLICY)
                .with("x-frame-options", "DENY")
                .with("referrer-policy", "no-referrer");
    }

    private PortResponse live() {
        return views.live().getAsBoolean()
                ? PortResponse.text(200, "live")
                : PortResponse.text(503, "not live");
    }

    private PortResponse ready() {
        Readiness readiness = views.ready().get();
        return PortResponse.json(readiness.ready() ? 200 : 503, readiness.json());
    }

    private PortResponse metrics(PortRequest request) {
        MetricsView.Page page = views.metrics().scrape(request.header("accept"));
        return new PortResponse(200, page.contentType(), page.text());
    }

    private PortResponse clusters() {
        return PortResponse.json(200, ViewJson.services(views.clusters().get()));
    }

    private PortResponse listeners() {
        return PortResponse.json(200, ViewJson.listeners(views.listeners().get()));
    }

    private PortResponse certificates() {
        return PortResponse.json(200, ViewJson.certificates(views.certificates().get()));
    }

    private PortResponse info() {
        return PortResponse.json(200, ViewJson.info(views.serverInfo().get()));
    }

    private PortResponse breakers() {
        return PortResponse.json(200, ViewJson.breakers(views.breakers().list()));
    }

    private PortResponse logging(PortRequest request) throws RequestRefused {
        if (request.changes()) {
            String logger = request.query().getOrDefault("logger", "");
            String level = request.query().getOrDefault("level", "");
            try {
                views.logLevels().set(logger, level);
            } catch (IllegalArgumentException e) {
                throw new RequestRefused(400, e.getMessage() + "; ?logger=root&level=info");
            }
        }
        return PortResponse.json(
                200, ViewJson.object("loggers", new TreeMap<>(views.logLevels().levels())));
    }

    private PortResponse drain() {
        LOG.warn("draining by the admin port");
        views.lifecycle().drain();
        return PortResponse.text(200, "draining");
    }

    private PortResponse reopenLogs() {
        LOG.info("opening log files anew by the admin port");
        views.lifecycle().reopenLogs();
        return PortResponse.text(200, "ok");
    }

    private PortResponse reload() {
        LOG.info("looking at the configuration by the admin port");
        Lifecycle.Reloaded reloaded = views.lifecycle().reload();
        return PortResponse.text(reloaded.ok() ? 200 : 409, reloaded.text());
    }

    private PortResponse quit() {
        LOG.warn("ending by the admin port");
        return PortResponse.text(200, "ending").then(views.lifecycle()::shutdown);
    }
}
