package dev.outrider.sidecar.discover;

import dev.outrider.certs.kubernetes.FakeKubernetes;
import dev.outrider.certs.kubernetes.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An EndpointSlice as the control plane would write it. */
public final class TestSlice {
    private final String namespace;
    private final String name;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final List<Object> endpoints = new ArrayList<>();
    private final List<Object> ports = new ArrayList<>();
    private String type = "IPv4";

    public TestSlice(String namespace, String service, String name) {
        this.namespace = namespace;
        this.name = name;
        labels.put(Slice.SERVICE_LABEL, service);
        labels.put("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    }

    /** Of the one slice that a service has. */
    public TestSlice(String namespace, String service) {
        this(namespace, service, service + "-x7k2p");
    }

    public TestSlice account(String account) {
        labels.put(Slice.ACCOUNT_LABEL, account);
        return this;
    }

    public TestSlice headless() {
        labels.put("service.kubernetes.io/headless", "");
        return this;
    }

    public TestSlice type(String addressType) {
        type = addressType;
        return this;
    }

    public TestSlice port(String portName, int port) {
        ports.add(Map.of("name", portName, "port", port, "protocol", "TCP"));
        return this;
    }

    public TestSlice port(Map<String, ?> port) {
        ports.add(port);
        return this;
    }

    public TestSlice ready(String... addresses) {
        for (String each : addresses) {
            endpoint(each, true, true, false);
        }
        return this;
    }

    public TestSlice endpoint(String address, boolean ready, boolean serving, boolean terminating) {
        return endpoint(
                Map.of(
                        "addresses",
                        List.of(address),
                        "conditions",
                        Map.of("ready", ready, "serving", serving, "terminating", terminating)));
    }

    public TestSlice endpoint(Map<String, ?> endpoint) {
        endpoints.add(endpoint);
        return this;
    }

    /** A ready one that is in a zone, and hinted at for others. */
    public TestSlice zoned(String address, String zone, String... forZones) {
        Map<String, Object> endpoint = new LinkedHashMap<>();
        endpoint.put("addresses", List.of(address));
        endpoint.put("conditions", Map.of("ready", true));
        endpoint.put("zone", zone);
        if (forZones.length > 0) {
            endpoint.put(
                    "hints",
                    Map.of(
                            "forZones",
                            List.of(forZones).stream().map(it -> Map.of("name", it)).toList()));
        }
        return endpoint(endpoint);
    }

    public Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "discovery.k8s.io/v1");
        object.put("kind", "EndpointSlice");
        object.put("metadata", Map.of("name", name, "namespace", namespace, "labels", labels));
        object.put("addressType", type);
        object.put("endpoints", endpoints);
        object.put("ports", ports);
        return object;
    }

    /** Null where its addresses are no IP addresses. */
    @Nullable Slice read() {
        return Slice.read(object());
    }

    public void in(FakeKubernetes server) {
        server.put(Resource.ENDPOINT_SLICES.named(namespace, name), object());
    }

    public void outOf(FakeKubernetes server) {
        server.delete(Resource.ENDPOINT_SLICES.named(namespace, name));
    }
}
