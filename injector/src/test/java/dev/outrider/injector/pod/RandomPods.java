package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Pods that are valid and of all shapes, the same for the same seed. */
final class RandomPods {
    private static final List<List<String>> ANNOTATIONS =
            List.of(
                    List.of("outrider.dev/skip-inbound-ports", "22", "8000-8100,9000", "p0"),
                    List.of("outrider.dev/skip-outbound-ports", "3306", "1-1024"),
                    List.of("outrider.dev/opaque-ports", "6000-6003"),
                    List.of("outrider.dev/mtls", "strict", "permissive"),
                    List.of("outrider.dev/cpu-request", "50m", "3"),
                    List.of("outrider.dev/memory-limit", "64Mi", "1Gi"),
                    List.of("outrider.dev/rewrite-probes", "true", "false"),
                    List.of("outrider.dev/merge-metrics", "true", "false"),
                    List.of("outrider.dev/native-sidecar", "false"),
                    List.of("outrider.dev/config", "tracing: {sampling: 2%}"),
                    List.of("outrider.dev/drain", "5s", "1m"),
                    List.of("prometheus.io/scrape", "true", "false"),
                    List.of("prometheus.io/port", "9090"),
                    List.of("prometheus.io/path", "/m"),
                    List.of("config.linkerd.io/skip-inbound-ports", "4222"),
                    List.of("kubectl.kubernetes.io/default-container", "c0"),
                    List.of("example.com/own", "a/b~c"));

    private final Random random;

    RandomPods(int seed) {
        random = new Random(seed);
    }

    PodRequest request() {
        return new PodRequest(
                pod(),
                "shop",
                Map.of("outrider.dev/inject", "enabled"),
                Map.of(),
                new Owner("Deployment", "web"),
                new ServerVersion(1, 27 + random.nextInt(11)));
    }

    private Map<String, @Nullable Object> pod() {
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        int mains = 1 + random.nextInt(4);
        List<Object> containers = new ArrayList<>();
        for (int index = 0; index < mains; index++) {
            containers.add(container("c" + index, true));
        }
        if (random.nextInt(3) > 0) {
            List<Object> inits = new ArrayList<>();
            for (int index = random.nextInt(3); index >= 0; index--) {
                inits.add(container("i" + index, false));
            }
            spec.put("initContainers", inits);
        }
        spec.put("containers", containers);
        if (random.nextBoolean()) {
            spec.put(
                    "volumes",
                    List.of(
                            Fields.of("name", "data", "emptyDir", Fields.of()),
                            Fields.of("name", "conf", "configMap", Fields.of("name", "web"))));
        }
        if (random.nextInt(4) == 0) {
            spec.put("restartPolicy", random.nextBoolean() ? "Never" : "OnFailure");
        }
        if (random.nextInt(4) == 0) {
            spec.put("terminationGracePeriodSeconds", random.nextInt(100));
        }
        if (random.nextInt(4) == 0) {
            spec.put("shareProcessNamespace", random.nextBoolean());
        }
        if (random.nextInt(4) == 0) {
            spec.put("securityContext", Fields.of("runAsUser", 1000, "fsGroup", 2000));
        }
        return Fields.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata(), "spec", spec);
    }

    private Map<String, @Nullable Object> metadata() {
        Map<String, @Nullable Object> metadata = Fields.of("name", "web-" + random.nextInt(9));
        if (random.nextBoolean()) {
            metadata.put("labels", Fields.of("app", "web", "example.com/a", "b"));
        }
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        for (List<String> choice : ANNOTATIONS) {
            if (random.nextInt(5) == 0) {
                annotations.put(
                        choice.getFirst(), choice.get(1 + random.nextInt(choice.size() - 1)));
            }
        }
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        return metadata;
    }

    private Map<String, @Nullable Object> container(String name, boolean main) {
        Map<String, @Nullable Object> container =
                Fields.of("name", name, "image", "registry.example/" + name + ":1");
        boolean runsOn = main;
        if (!main && random.nextInt(3) == 0) {
            container.put("restartPolicy", "Always");
            runsOn = true;
        }
        if (random.nextBoolean()) {
            container.put(
                    "ports",
                    List.of(
                            Fields.of("name", "p0", "containerPort", 8000 + random.nextInt(99)),
                            Fields.of(
                                    "name",
                                    "p1",
                                    "containerPort",
                                    7000 + random.nextInt(99),
                                    "protocol",
                                    random.nextBoolean() ? "TCP" : "UDP")));
        }
        if (random.nextBoolean()) {
            container.put("env", List.of(Fields.of("name", "A", "value", "$(B)${C}")));
        }
        if (runsOn) {
            for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
                if (random.nextInt(3) == 0) {
                    container.put(probe, probe());
                }
            }
            if (random.nextInt(3) == 0) {
                container.put("lifecycle", lifecycle());
            }
        }
        return container;
    }

    private Map<String, @Nullable Object> probe() {
        Map<String, @Nullable Object> probe =
                switch (random.nextInt(5)) {
                    case 0 -> Fields.of("exec", Fields.of("command", List.of("true")));
                    case 1 -> Fields.of("tcpSocket", Fields.of("port", 8080));
                    case 2 -> Fields.of("grpc", Fields.of("port", 9000, "service", "s${x}"));
                    case 3 ->
                            Fields.of(
                                    "httpGet", Fields.of("host", "elsewhere.example", "port", 80));
                    default -> Fields.of("httpGet", http());
                };
        if (random.nextBoolean()) {
            probe.put("timeoutSeconds", 1 + random.nextInt(9));
        }
        if (random.nextBoolean()) {
            probe.put("periodSeconds", 1 + random.nextInt(9));
        }
        return probe;
    }

    private Map<String, @Nullable Object> http() {
        Map<String, @Nullable Object> http =
                Fields.of("port", 8000 + random.nextInt(99), "path", "/a?b=$(c)&d=é\"");
        if (random.nextBoolean()) {
            http.put("scheme", random.nextBoolean() ? "HTTP" : "HTTPS");
        }
        if (random.nextBoolean()) {
            http.put("httpHeaders", List.of(Fields.of("name", "X-A", "value", "b")));
        }
        return http;
    }

    private Map<String, @Nullable Object> lifecycle() {
        Map<String, @Nullable Object> lifecycle = new LinkedHashMap<>();
        lifecycle.put("preStop", Fields.of("httpGet", http()));
        if (random.nextBoolean()) {
            lifecycle.put("postStart", Fields.of("exec", Fields.of("command", List.of("true"))));
        }
        return lifecycle;
    }
}
