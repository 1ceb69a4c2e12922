package dev.outrider.injector.pod;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets Prometheus find one page per pod: its annotations name the proxy's port, and the proxy
 * fetches what the app's own named.
 */
record Metrics(InjectionConfig config, InjectionRecord record, List<String> warnings) {
    private static final String SCRAPE = "prometheus.io/scrape";
    private static final String PORT = "prometheus.io/port";
    private static final String PATH = "prometheus.io/path";
    private static final String SCHEME = "prometheus.io/scheme";

    /** Where the app's own are; nothing when it has none or keeps them for itself. */
    Map<String, @Nullable Object> merge(Node annotations, List<AppContainer> containers)
            throws Unfit {
        String scrape = annotations.text(SCRAPE).orElse("");
        if (scrape.equals("false")) {
            return Map.of();
        }
        Map<String, @Nullable Object> app =
                scrape.equals("true") ? app(annotations, containers) : Map.of();
        record.change("annotations", annotations, SCRAPE, "true");
        record.change("annotations", annotations, PORT, Integer.toString(config.ports().pod()));
        record.change("annotations", annotations, PATH, "/metrics");
        if (annotations.has(SCHEME)) {
            record.change("annotations", annotations, SCHEME, "http");
        }
        return app;
    }

    private Map<String, @Nullable Object> app(Node annotations, List<AppContainer> containers)
            throws Unfit {
        Optional<Integer> port = port(annotations, containers);
        if (port.isEmpty()) {
            warnings.add(
                    "%s is true without %s, and no container names a port: the page has the proxy's metrics only"
                            .formatted(SCRAPE, PORT));
            return Map.of();
        }
        if (OwnPorts.of(config).contains(port.get())) {
            throw annotations.wrong(
                    PORT, "is %d, which is the proxy's own; name the app's".formatted(port.get()));
        }
        Map<String, @Nullable Object> app = Fields.of("port", port.get());
        String path = annotations.text(PATH).orElse("/metrics");
        app.put("path", Escaped.forProxy(path.startsWith("/") ? path : "/" + path));
        String scheme = annotations.text(SCHEME).orElse("http");
        if (scheme.equals("https")) {
            app.put("scheme", scheme);
        } else if (!scheme.equals("http")) {
            throw annotations.wrong(SCHEME, "must be http or https, not '" + scheme + "'");
        }
        return app;
    }

    /** Without a port Prometheus' usual rules take each that is declared; the first has to do. */
    private static Optional<Integer> port(Node annotations, List<AppContainer> containers)
            throws Unfit {
        String text = annotations.text(PORT).orElse("").strip();
        if (!text.isEmpty()) {
            if (!text.matches("[0-9]{1,5}")
                    || Integer.parseInt(text) < 1
                    || Integer.parseInt(text) > 65_535) {
                throw annotations.wrong(PORT, "is '" + text + "'; write one port from 1 to 65535");
            }
            return Optional.of(Integer.parseInt(text));
        }
        for (AppContainer container : containers) {
            for (Node port : container.ports()) {
                if (container.runsOn() && AppContainer.tcp(port)) {
                    return Optional.of(AppContainer.number(port));
                }
            }
        }
        return Optional.empty();
    }
}
