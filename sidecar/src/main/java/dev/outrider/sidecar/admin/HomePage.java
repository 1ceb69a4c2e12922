package dev.outrider.sidecar.admin;

import dev.outrider.sidecar.aside.Readiness;
import java.util.List;
import java.util.Map;

/**
 * The page for people: how the sidecar stands, and where to look further. No script, no links out.
 */
final class HomePage {
    /** Nothing may be loaded; the style is in the page. */
    static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none';"
                    + " base-uri 'none'; form-action 'none'";

    private static final String STYLE =
            "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0"
                    + " 1rem}"
                    + "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem"
                    + " .6rem;border-bottom:1px solid #8884}:root{color-scheme:light dark}";

    private HomePage() {}

    static String html(AdminViews views, List<Route> routes) {
        StringBuilder out = new StringBuilder(4096);
        ServerInfo info = views.serverInfo().get();
        out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        out.append("<meta name=\"viewport\" content=\"width=device-width\">");
        out.append("<title>Outrider</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n");
        out.append("<h1>Outrider ").append(escape(info.version())).append("</h1>\n");
        state(info, out);
        readiness(views.ready().get(), out);
        services(views.clusters().get(), out);
        kubernetes(views.kubernetes().get(), out);
        breakers(views.breakers().list(), out);
        links(routes, out);
        return out.append("</body></html>\n").toString();
    }

    private static void state(ServerInfo info, StringBuilder out) {
        open(out, "State", "what", "value");
        row(out, "profile", info.profile());
        row(out, "state", info.state());
        row(out, "started", info.startedAt().toString());
        row(out, "up for", info.uptime().toSeconds() + " s");
        for (Map.Entry<String, String> detail : info.details().entrySet()) {
            row(out, detail.getKey(), detail.getValue());
        }
        out.append("</table>\n");
    }

    private static void readiness(Readiness readiness, StringBuilder out) {
        open(out, readiness.ready() ? "Ready" : "Not ready", "check", "", "text");
        for (Readiness.Check check : readiness.checks()) {
            row(out, check.name(), check.ok() ? "ok" : "failing", check.text());
        }
        out.append("</table>\n");
    }

    private static void services(ServicesView services, StringBuilder out) {
        open(out, "Destinations", "service", "endpoint", "health", "in flight", "ewma");
        for (ServiceView service : services.made()) {
            for (ServiceView.EndpointView endpoint : service.endpoints()) {
                row(
                        out,
                        service.name(),
                        endpoint.address(),
                        endpoint.health() + (endpoint.ejected() ? ", ejected" : ""),
                        String.valueOf(endpoint.inFlight()),
                        Math.round(endpoint.ewmaMillis() * 10) / 10.0 + " ms");
            }
        }
        out.append("</table>\n");
        if (services.unused() > 0) {
            out.append("<p>").append(services.unused()).append(" more that nobody calls</p>\n");
        }
    }

    private static void kubernetes(KubernetesView view, StringBuilder out) {
        if (view.services().isEmpty()) {
            return;
        }
        open(out, "Services of the cluster", "service", "status", "account", "pods", "note");
        for (KubernetesView.KnownService each : view.services()) {
            row(
                    out,
                    each.name(),
                    each.status(),
                    each.account(),
                    String.valueOf(each.pods()),
                    each.note());
        }
        out.append("</table>\n");
    }

    private static void breakers(List<BreakerSwitches.BreakerView> breakers, StringBuilder out) {
        open(out, "Breakers", "breaker", "state", "calls", "failures", "rejected");
        for (BreakerSwitches.BreakerView breaker : breakers) {
            row(
                    out,
                    breaker.name(),
                    breaker.state(),
                    String.valueOf(breaker.calls()),
                    String.valueOf(breaker.failures()),
                    String.valueOf(breaker.rejected()));
        }
        out.append("</table>\n");
    }

    private static void links(List<Route> routes, StringBuilder out) {
        out.append("<h2>Addresses</h2><table><tr><th>address</th><th>what it is</th></tr>\n");
        for (Route route : routes) {
            String path = escape(route.path());
            String cell =
                    route.methods() == Route.Methods.CHANGE
                            ? "POST " + path
                            : "<a href=\"" + path + "\">" + path + "</a>";
            out.append("<tr><td>").append(cell).append("</td><td>");
            out.append(escape(route.help())).append("</td></tr>\n");
        }
        out.append("</table>\n");
    }

    private static void open(StringBuilder out, String title, String... columns) {
        out.append("<h2>").append(escape(title)).append("</h2><table><tr>");
        for (String column : columns) {
            out.append("<th>").append(escape(column)).append("</th>");
        }
        out.append("</tr>\n");
    }

    private static void row(StringBuilder out, String... cells) {
        out.append("<tr>");
        for (String cell : cells) {
            out.append("<td>").append(escape(cell)).append("</td>");
        }
        out.append("</tr>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
