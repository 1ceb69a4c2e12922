package dev.outrider.injector.pod;

import dev.outrider.certs.Json;
import dev.outrider.injector.pod.InjectionConfig.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The two containers that are put into a pod: init, which writes the rules, and the proxy. */
record ProxyContainer(
        InjectionConfig config, PodSettings settings, PodFacts facts, Optional<String> hookKey) {
    static final String NAME = "outrider";
    static final String INIT_NAME = "outrider-init";

    /** Whoever asks for a hook must know it. */
    static final String HOOK_KEY = "OUTRIDER_HOOK_KEY";

    static final String PORT_NAME = "outrider-pod";

    /** Filled in by the proxy; to the kubelet it means nothing. */
    private static final String ADDRESS = "${OUTRIDER_POD_IP}";

    /** Time for an image to be unpacked and a certificate to be had, not a normal start. */
    private static final int START_SECONDS = 600;

    /** The rules, as root with two capabilities, and then it is gone. */
    Map<String, @Nullable Object> init() {
        List<Object> command = new ArrayList<>(List.of("outrider", "init"));
        Map<String, @Nullable Object> container = start(INIT_NAME);
        container.put("command", command);
        container.put("args", List.copyOf(settings.capture().options(config)));
        resources(container, config.initResources());
        Map<String, @Nullable Object> security = security(0);
        security.put("runAsNonRoot", false);
        security.put(
                "capabilities",
                Fields.of("add", List.of("NET_ADMIN", "NET_RAW"), "drop", List.of("ALL")));
        container.put("securityContext", security);
        container.put("volumeMounts", Volumes.initMounts());
        return container;
    }

    /** The proxy, as its own user without any capability. */
    Map<String, @Nullable Object> proxy(
            Map<String, @Nullable Object> probes, Map<String, @Nullable Object> metrics) {
        Map<String, @Nullable Object> container = start(NAME);
        container.put("command", List.of("outrider", "sidecar"));
        container.put("args", arguments(probes, metrics));
        container.put("env", environment());
        container.put(
                "ports",
                List.of(
                        Fields.of(
                                "name",
                                PORT_NAME,
                                "containerPort",
                                config.ports().pod(),
                                "protocol",
                                "TCP")));
        resources(container, settings.resources());
        Map<String, @Nullable Object> security = security(config.user());
        security.put("runAsNonRoot", true);
        security.put("capabilities", Fields.of("drop", List.of("ALL")));
        container.put("securityContext", security);
        if (settings.nativeSidecar()) {
            container.put("restartPolicy", "Always");
        } else {
            // The kubelet starts the next container when this has ended.
            container.put(
                    "lifecycle",
                    Fields.of("postStart", Fields.of("exec", Fields.of("command", waiting()))));
        }
        container.put("startupProbe", probe("/ready", 1, START_SECONDS));
        container.put("readinessProbe", probe("/ready", 2, 3));
        container.put("livenessProbe", probe("/live", 10, 6));
        container.put("volumeMounts", Volumes.proxyMounts());
        return container;
    }

    private Map<String, @Nullable Object> start(String name) {
        return Fields.of(
                "name",
                name,
                "image",
                settings.image(),
                "imagePullPolicy",
                config.imagePullPolicy().word(),
                // So that the pod's status says why one of them failed.
                "terminationMessagePolicy",
                "FallbackToLogsOnError");
    }

    private List<Object> waiting() {
        return List.of(
                "outrider",
                "wait",
                "--port=" + config.ports().pod(),
                "--timeout=" + START_SECONDS + "s");
    }

    private List<Object> arguments(
            Map<String, @Nullable Object> probes, Map<String, @Nullable Object> metrics) {
        List<Object> arguments = new ArrayList<>();
        arguments.add("--config=" + Volumes.CONFIG_DIRECTORY + "/mesh.yaml");
        arguments.add("--config-if-present=" + Volumes.CONFIG_DIRECTORY + "/namespace.yaml");
        if (settings.config()) {
            arguments.add("--config-if-present=" + Volumes.CONFIG_DIRECTORY + "/pod.yaml");
        }
        Map<String, Object> sets = new LinkedHashMap<>();
        sets.put("pod.listen", "0.0.0.0:" + config.ports().pod());
        sets.put("pod.address", ADDRESS);
        sets.put("tls.revokedIfPresent", Volumes.TRUST_DIRECTORY + "/revoked");
        Duration drain = settings.drain().orElse(Duration.ofSeconds(facts.drain()));
        Duration spread = Duration.ofSeconds(facts.spread(settings.nativeSidecar()));
        sets.put("runtime.spread", text(spread.compareTo(drain) < 0 ? spread : drain));
        sets.put("runtime.drain", text(drain));
        sets.putAll(settings.sets());
        put(sets, "inbound.ports", settings.inboundPorts());
        put(sets, "outbound.ports", settings.outboundPorts());
        put(sets, "pod.probes", probes);
        put(sets, "pod.metrics", metrics);
        sets.forEach((path, value) -> arguments.add(set(path, value)));
        if (!settings.nativeSidecar() && facts.ends()) {
            arguments.add("--until-apps-end=" + facts.apps());
        }
        return List.copyOf(arguments);
    }

    private static void put(Map<String, Object> sets, String path, Map<?, ?> value) {
        if (!value.isEmpty()) {
            sets.put(path, value);
        }
    }

    private static String set(String path, Object value) {
        String text = value instanceof Map<?, ?> ? Json.write(value) : value.toString();
        return "--set=" + path + "=" + (text.equals(ADDRESS) ? text : Escaped.forKubelet(text));
    }

    private static String text(Duration duration) {
        return duration.toMillisPart() == 0
                ? duration.toSeconds() + "s"
                : duration.toMillis() + "ms";
    }

    private List<Object> environment() {
        List<Object> environment = new ArrayList<>();
        Collections.addAll(
                environment,
                field("OUTRIDER_POD_NAME", "metadata.name"),
                field("OUTRIDER_POD_IP", "status.podIP"),
                field("OUTRIDER_NAMESPACE", "metadata.namespace"),
                field("OUTRIDER_SERVICE_ACCOUNT", "spec.serviceAccountName"),
                field("OUTRIDER_NODE", "spec.nodeName"),
                field("OUTRIDER_ZONE", "metadata.labels['topology.kubernetes.io/zone']"),
                Fields.of("name", "OUTRIDER_WORKLOAD", "value", facts.workload()));
        hookKey.ifPresent(key -> environment.add(Fields.of("name", HOOK_KEY, "value", key)));
        return environment;
    }

    private static Map<String, @Nullable Object> field(String name, String path) {
        return Fields.of("name", name, "valueFrom", Fields.of("fieldRef", Volumes.field(path)));
    }

    private static Map<String, @Nullable Object> security(int user) {
        return Fields.of(
                "runAsUser",
                user,
                "runAsGroup",
                user,
                "privileged",
                false,
                "allowPrivilegeEscalation",
                false,
                "readOnlyRootFilesystem",
                true,
                "seccompProfile",
                Fields.of("type", "RuntimeDefault"));
    }

    /** A pod with a budget of its own shares that: with ours on top, the sum would be refused. */
    private void resources(Map<String, @Nullable Object> container, Resources resources) {
        if (!facts.hasResources()) {
            container.put("resources", resources(resources));
        }
    }

    static Map<String, @Nullable Object> resources(Resources resources) {
        Map<String, @Nullable Object> requests = Fields.of();
        Map<String, @Nullable Object> limits = Fields.of();
        amount(requests, "cpu", resources.cpuRequest());
        amount(requests, "memory", resources.memoryRequest());
        amount(limits, "cpu", resources.cpuLimit());
        amount(limits, "memory", resources.memoryLimit());
        Map<String, @Nullable Object> both = Fields.of();
        if (!requests.isEmpty()) {
            both.put("requests", requests);
        }
        if (!limits.isEmpty()) {
            both.put("limits", limits);
        }
        return both;
    }

    private static void amount(Map<String, @Nullable Object> of, String what, String amount) {
        if (!amount.isEmpty()) {
            of.put(what, amount);
        }
    }

    private Map<String, @Nullable Object> probe(String path, int period, int failures) {
        return Fields.of(
                "httpGet",
                Fields.of("path", path, "port", config.ports().pod(), "scheme", "HTTP"),
                "periodSeconds",
                period,
                "timeoutSeconds",
                3,
                "failureThreshold",
                failures);
    }
}
