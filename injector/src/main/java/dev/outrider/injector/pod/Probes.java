package dev.outrider.injector.pod;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leads the kubelet's calls of the app to the proxy's pod port, since the kubelet has no
 * certificate and a captured port would refuse it, or, for a TCP probe, always accept it. The proxy
 * makes the call instead. Commands stay as they are, and so does a call with a host of its own,
 * which does not go to the pod.
 */
final class Probes {
    /** What a probe or hook does; one of them stands in each. */
    static final List<String> HANDLERS = List.of("httpGet", "tcpSocket", "grpc");

    static final Map<String, String> PROBES =
            Map.of(
                    "livenessProbe", "liveness",
                    "readinessProbe", "readiness",
                    "startupProbe", "startup");
    static final Map<String, String> HOOKS = Map.of("postStart", "poststart", "preStop", "prestop");

    /** As the proxy finds it; the word itself is in its environment alone. */
    private static final String KEY = "${" + ProxyContainer.HOOK_KEY + "}";

    private static final String STARTUP = "startupProbe";
    private static final String POST_START = "postStart";

    private static final long DEFAULT_TIMEOUT = 1;

    /** The kubelet gives a hook that starts a container as long as it takes; this is a bound. */
    private static final long POST_START_TIMEOUT = 300;

    private final boolean nativeSidecar;
    private final int podPort;
    private final Set<Integer> ownPorts;
    private final long gracePeriod;
    private final String hookKey;
    private final InjectionRecord record;
    private final Map<String, @Nullable Object> rewritten = new LinkedHashMap<>();

    Probes(
            InjectionConfig config,
            boolean nativeSidecar,
            long gracePeriod,
            String hookKey,
            InjectionRecord record) {
        this.nativeSidecar = nativeSidecar;
        this.podPort = config.ports().pod();
        this.ownPorts = OwnPorts.of(config);
        this.gracePeriod = gracePeriod;
        this.hookKey = hookKey;
        this.record = record;
    }

    /** What the proxy is to call, by {@code container/kind}. */
    Map<String, @Nullable Object> rewrite(List<AppContainer> containers) throws Unfit {
        for (AppContainer container : containers) {
            if (!container.runsOn()) {
                continue;
            }
            for (String key : List.of(STARTUP, "livenessProbe", "readinessProbe")) {
                Optional<Node> probe = container.node().find(key);
                if (probe.isPresent() && !(before(container) && key.equals(STARTUP))) {
                    probe(container, key, probe.get());
                }
            }
            Optional<Node> lifecycle = container.node().find("lifecycle");
            if (lifecycle.isPresent()) {
                for (String key : List.of(POST_START, "preStop")) {
                    Optional<Node> hook = lifecycle.get().find(key);
                    if (hook.isPresent() && !(before(container) && key.equals(POST_START))) {
                        hook(container, key, hook.get());
                    }
                }
            }
        }
        return rewritten;
    }

    /**
     * Has the kubelet tell of the start of each container that has no hook of its own for that: a
     * proxy that ends with the others cannot see one that is gone at once.
     */
    Map<String, @Nullable Object> tellStarts(List<AppContainer> containers) throws Unfit {
        for (AppContainer container : containers) {
            Optional<Node> lifecycle = container.node().find("lifecycle");
            if (container.init() || lifecycle.map(each -> each.has(POST_START)).orElse(false)) {
                continue;
            }
            String kind = HOOKS.getOrDefault(POST_START, POST_START);
            record.madeHook(container.name(), POST_START, lifecycle.isPresent());
            replace(
                    container.node().make("lifecycle").make(POST_START),
                    "httpGet",
                    container.name() + "/" + kind,
                    hookPath(container.name(), kind) + hookKey,
                    Fields.of("noted", true, "key", KEY));
        }
        return rewritten;
    }

    /** Whether it has started before there are rules, and a classic proxy after those. */
    private boolean before(AppContainer container) {
        return container.init() && !nativeSidecar;
    }

    private void probe(AppContainer container, String key, Node probe) throws Unfit {
        Optional<String> handler = handler(probe, HANDLERS);
        if (handler.isEmpty()) {
            return;
        }
        long timeout = probe.number("timeoutSeconds").orElse(DEFAULT_TIMEOUT);
        if (timeout < 1 || timeout > 86_400) {
            throw probe.wrong("timeoutSeconds", "must be from 1 to 86400, not " + timeout);
        }
        Optional<Map<String, @Nullable Object>> call = call(container, probe, handler.get());
        if (call.isEmpty()) {
            return;
        }
        call.get().put("timeout", timeout + "s");
        String kind = PROBES.getOrDefault(key, key);
        record.probe(container.name(), key, probe, handler.get());
        replace(
                probe,
                handler.get(),
                container.name() + "/" + kind,
                path(container.name(), kind),
                call.get());
        // So that the proxy's answer, which has the reason, comes before the kubelet gives up.
        probe.put("timeoutSeconds", (int) timeout + 1);
    }

    private void hook(AppContainer container, String key, Node hook) throws Unfit {
        // A hook that connects by TCP is kept for old pods only, and has never done anything.
        Optional<String> handler = handler(hook, List.of("httpGet"));
        if (handler.isEmpty()) {
            return;
        }
        Optional<Map<String, @Nullable Object>> call = call(container, hook, handler.get());
        if (call.isEmpty()) {
            return;
        }
        long timeout = key.equals("preStop") ? Math.max(1, gracePeriod) : POST_START_TIMEOUT;
        call.get().put("timeout", timeout + "s");
        record.hook(container.name(), key, hook, handler.get());
        call.get().put("key", KEY);
        String kind = HOOKS.getOrDefault(key, key);
        replace(
                hook,
                handler.get(),
                container.name() + "/" + kind,
                hookPath(container.name(), kind) + hookKey,
                call.get());
    }

    private static Optional<String> handler(Node probe, List<String> kinds) throws Unfit {
        String found = null;
        for (String kind : kinds) {
            if (probe.find(kind).isPresent()) {
                if (found != null) {
                    throw probe.wrong(kind, "stands beside " + found + "; keep one of them");
                }
                found = kind;
            }
        }
        return Optional.ofNullable(found);
    }

    private void replace(
            Node probe,
            String handler,
            String name,
            String path,
            Map<String, @Nullable Object> call) {
        probe.remove(handler);
        probe.put("httpGet", Fields.of("path", path, "port", podPort, "scheme", "HTTP"));
        rewritten.put(name, call);
    }

    static String path(String container, String kind) {
        return "/probe/" + container + "/" + kind;
    }

    /** Up to the key. In the query, which no log has; kubelets before 1.26 send no fields. */
    static String hookPath(String container, String kind) {
        return path(container, kind) + "?key=";
    }

    /** Whether one of the calls is a hook's. */
    static boolean haveHooks(Map<String, @Nullable Object> probes) {
        return probes.keySet().stream()
                .anyMatch(name -> HOOKS.containsValue(name.substring(name.indexOf('/') + 1)));
    }

    private Optional<Map<String, @Nullable Object>> call(
            AppContainer container, Node probe, String kind) throws Unfit {
        Node handler = probe.make(kind);
        if (handler.text("host").isPresent() && !handler.text("host").get().isEmpty()) {
            return Optional.empty();
        }
        int port = container.resolve(handler, "port");
        if (ownPorts.contains(port)) {
            throw handler.wrong(
                    "port", "is %d, which is the proxy's own; choose another".formatted(port));
        }
        return Optional.of(
                switch (kind) {
                    case "httpGet" -> Fields.of("http", http(handler, port));
                    case "tcpSocket" -> Fields.of("tcp", port);
                    default -> Fields.of("grpc", grpc(handler, port));
                });
    }

    private static Map<String, @Nullable Object> grpc(Node handler, int port) throws Unfit {
        Map<String, @Nullable Object> grpc = Fields.of("port", port);
        String service = handler.text("service").orElse("");
        if (!service.isEmpty()) {
            grpc.put("service", Escaped.forProxy(service));
        }
        return grpc;
    }

    private static Map<String, @Nullable Object> http(Node handler, int port) throws Unfit {
        Map<String, @Nullable Object> http = Fields.of("port", port);
        String path = handler.text("path").orElse("");
        if (!path.isEmpty() && !path.equals("/")) {
            http.put("path", Escaped.forProxy(path.startsWith("/") ? path : "/" + path));
        }
        String scheme = handler.text("scheme").orElse("HTTP");
        if (!scheme.equals("HTTP") && !scheme.equals("HTTPS")) {
            throw handler.wrong("scheme", "must be HTTP or HTTPS, not '" + scheme + "'");
        }
        if (scheme.equals("HTTPS")) {
            http.put("scheme", "https");
        }
        headers(handler, http);
        return http;
    }

    /** As the kubelet does: a header may stand there several times, and Host names the host. */
    private static void headers(Node handler, Map<String, @Nullable Object> http) throws Unfit {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        for (Node header : handler.nodes("httpHeaders")) {
            String name = header.name();
            String value = Escaped.forProxy(header.text("value").orElse(""));
            if (name.toLowerCase(Locale.ROOT).equals("host")) {
                http.put("host", value);
            } else {
                Object before = headers.get(name);
                headers.put(name, before == null ? value : several(before, value));
            }
        }
        if (!headers.isEmpty()) {
            http.put("headers", headers);
        }
    }

    private static List<Object> several(Object before, String value) {
        if (before instanceof List<?> list) {
            List<Object> longer = new java.util.ArrayList<>(list);
            longer.add(value);
            return longer;
        }
        return List.of(before, value);
    }
}
