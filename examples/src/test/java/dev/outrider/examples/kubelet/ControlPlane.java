package dev.outrider.examples.kubelet;

import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.examples.net.NetHost;
import dev.outrider.examples.process.Child;
import dev.outrider.examples.process.Family;
import dev.outrider.examples.process.Patience;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The API server, played by {@link FakeKubernetes} in this process and reached by the pods at a
 * machine of its own; and what the controllers of Kubernetes would write there.
 */
final class ControlPlane implements ClusterObjects, AutoCloseable {
    static final int PORT = 6443;

    /** What the injector's controller writes on a Service, and callers believe. */
    private static final String ANSWERED_BY = "outrider.dev/service-account";

    private static final Duration LONGEST = Duration.ofSeconds(180);
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);

    private final FakeKubernetes api;
    private final Tunnel tunnel;
    private final Patience patience = new Patience(Ticker.system());

    private ControlPlane(FakeKubernetes api, Tunnel tunnel) {
        this.api = api;
        this.tunnel = tunnel;
    }

    /**
     * @param java how a program of this class path is started
     */
    static ControlPlane start(Path directory, NetHost machine, Family family, List<String> java)
            throws Exception {
        Path file = directory.resolve("api");
        FakeKubernetes api = FakeKubernetes.startTls();
        ControlPlane plane = new ControlPlane(api, Tunnel.toLoopback(file, api.uri().getPort()));
        List<String> door = new ArrayList<>(java);
        door.addAll(List.of(Tunnel.class.getName(), Integer.toString(PORT), file.toString()));
        Child child = family.start("api-server", machine.command(door), Map.of());
        plane.patience.await(
                "the way to the API server",
                LONGEST,
                () -> !child.alive(),
                () -> child.output().contains("listening") ? Optional.of(true) : Optional.empty());
        return plane;
    }

    /** Does what {@code kubectl apply} would, with what anybody here asks for. */
    void apply(Manifests manifests) {
        for (Fields object : manifests.objects()) {
            Fields metadata = object.at("metadata");
            String name = metadata.required("name");
            String namespace = metadata.text("namespace").orElse("");
            switch (object.required("kind")) {
                case "Namespace" -> namespace(name, metadata.at("labels").texts());
                case "ConfigMap" -> put(Resource.CONFIG_MAPS.named(namespace, name), object);
                case "Service" -> put(Resource.SERVICES.named(namespace, name), object);
                case "MutatingWebhookConfiguration" ->
                        put(Resource.MUTATING_WEBHOOKS.named(name), object);
                default -> {
                    // Nobody here asks for it.
                }
            }
        }
    }

    /** Each namespace gets the roots that the API server is known by. */
    private void namespace(String name, Map<String, String> labels) {
        api.namespace(name, labels);
        String file = "kube-root-ca.crt";
        put(
                Resource.CONFIG_MAPS.named(name, file),
                object(
                        "v1",
                        "ConfigMap",
                        Map.of("name", file, "namespace", name),
                        Map.of("data", Map.of("ca.crt", api.caPem()))));
    }

    /** Writes a pod that is ready, as its kubelet tells. */
    void ready(PodSpec pod) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        pod.metadata().map().forEach((key, value) -> metadata.put(String.valueOf(key), value));
        metadata.put("name", pod.name());
        metadata.put("namespace", pod.namespace());
        put(
                Resource.PODS.named(pod.namespace(), pod.name()),
                object(
                        "v1",
                        "Pod",
                        metadata,
                        Map.of(
                                "spec",
                                pod.spec().map(),
                                "status",
                                Map.of(
                                        "phase", "Running",
                                        "podIP", pod.address().getHostAddress(),
                                        "conditions",
                                                List.of(
                                                        Map.of(
                                                                "type", "Ready", "status",
                                                                "True"))))));
    }

    /**
     * Writes the slice of a Service with one ready pod, as the EndpointSlice controller does, with
     * the Service's labels; first it waits until that says who answers for it.
     */
    void endpoints(String namespace, String service, PodSpec pod) throws Exception {
        String path = Resource.SERVICES.named(namespace, service);
        Fields object =
                patience.await(
                        "the label of the Service " + service,
                        LONGEST,
                        () ->
                                api.find(path)
                                        .map(Fields::new)
                                        .filter(it -> labels(it).containsKey(ANSWERED_BY)));
        Map<String, String> labels = new LinkedHashMap<>(labels(object));
        labels.put("kubernetes.io/service-name", service);
        String name = service + "-2xk8d";
        Fields port = object.at("spec").all("ports").getFirst();
        put(
                Resource.ENDPOINT_SLICES.named(namespace, name),
                object(
                        "discovery.k8s.io/v1",
                        "EndpointSlice",
                        Map.of("name", name, "namespace", namespace, "labels", labels),
                        Map.of(
                                "addressType",
                                "IPv4",
                                "ports",
                                List.of(
                                        Map.of(
                                                "name", port.required("name"),
                                                "port", port.number("port", 0),
                                                "protocol", "TCP")),
                                "endpoints",
                                List.of(
                                        Map.of(
                                                "addresses",
                                                        List.of(pod.address().getHostAddress()),
                                                "conditions",
                                                        Map.of(
                                                                "ready", true,
                                                                "serving", true,
                                                                "terminating", false),
                                                "targetRef",
                                                        Map.of(
                                                                "kind",
                                                                "Pod",
                                                                "name",
                                                                pod.name()))))));
    }

    private static Map<String, String> labels(Fields object) {
        return object.at("metadata").at("labels").texts();
    }

    private static Fields object(
            String version, String kind, Map<String, ?> metadata, Map<String, ?> more) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", version);
        object.put("kind", kind);
        object.put("metadata", metadata);
        object.putAll(more);
        return new Fields(object);
    }

    private void put(String path, Fields object) {
        Map<String, Object> whole = new LinkedHashMap<>();
        object.map().forEach((key, value) -> whole.put(String.valueOf(key), value));
        api.put(path, whole);
    }

    /** Waits until somebody has written that ConfigMap. */
    void awaitConfigMap(String namespace, String name, Child writer) throws Exception {
        patience.await(
                "the ConfigMap " + name + " in " + namespace,
                LONGEST,
                () -> !writer.alive(),
                () -> configMap(namespace, name));
    }

    @Override
    public Optional<Map<String, String>> configMap(String namespace, String name) {
        return api.find(Resource.CONFIG_MAPS.named(namespace, name))
                .map(it -> new Fields(it).at("data").texts());
    }

    @Override
    public String token(PodSpec pod, String audience) {
        return api.issueToken(
                pod.namespace(),
                pod.serviceAccount(),
                List.of(audience),
                Instant.now().plus(TOKEN_LIFE));
    }

    @Override
    public void close() throws IOException {
        tunnel.close();
        api.close();
    }
}
