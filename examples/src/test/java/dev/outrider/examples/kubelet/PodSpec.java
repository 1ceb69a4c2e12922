package dev.outrider.examples.kubelet;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A pod as a controller makes it of a workload's template.
 *
 * @param address what its network namespace has
 */
record PodSpec(String name, String namespace, Fields metadata, Fields spec, InetAddress address) {
    private static final Set<String> KNOWN =
            Set.of(
                    "containers",
                    "initContainers",
                    "volumes",
                    "serviceAccountName",
                    "securityContext",
                    "restartPolicy",
                    "terminationGracePeriodSeconds",
                    "automountServiceAccountToken",
                    // Where it is put; here there is one node.
                    "enableServiceLinks",
                    "affinity",
                    "topologySpreadConstraints",
                    "nodeSelector",
                    "tolerations",
                    "priorityClassName");

    /** What the API server adds to a pod that does not refuse it. */
    private static final String API_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static final String API_ACCESS =
            """
            name: kube-api-access
            projected:
              sources:
                - serviceAccountToken: {path: token, expirationSeconds: 3607}
                - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
                - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
            """;

    PodSpec {
        spec.noneBut("the pod " + name, KNOWN);
    }

    /**
     * Of a Deployment, a Job or whatever else has a template; its machine makes its name unique.
     */
    static PodSpec of(Fields workload, String machine, InetAddress address) {
        Fields metadata = workload.at("metadata");
        Fields spec = workload.at("spec");
        Fields template =
                (spec.has("jobTemplate") ? spec.at("jobTemplate").at("spec") : spec).at("template");
        return new PodSpec(
                metadata.required("name") + "-on-" + machine,
                metadata.text("namespace").orElse("default"),
                template.at("metadata"),
                template.at("spec"),
                address);
    }

    List<ContainerSpec> initContainers() {
        return spec.all("initContainers").stream().map(this::container).toList();
    }

    List<ContainerSpec> containers() {
        return spec.all("containers").stream().map(this::container).toList();
    }

    Stream<ContainerSpec> everyContainer() {
        return Stream.concat(initContainers().stream(), containers().stream());
    }

    /** The volumes by name, with the one of the API's token if the API server adds it. */
    Map<String, Fields> volumes() {
        Map<String, Fields> volumes = new LinkedHashMap<>();
        spec.all("volumes").forEach(it -> volumes.put(it.required("name"), it));
        if (mountsApiToken()) {
            volumes.put("kube-api-access", Manifests.read(API_ACCESS).objects().getFirst());
        }
        return volumes;
    }

    /** The mounts of a container by path. */
    Map<String, Fields> mounts(ContainerSpec container) {
        Map<String, Fields> mounts = new LinkedHashMap<>();
        container
                .fields()
                .all("volumeMounts")
                .forEach(it -> mounts.put(it.required("mountPath"), it));
        if (mountsApiToken()) {
            mounts.putIfAbsent(
                    API_TOKEN,
                    new Fields(
                            Map.of(
                                    "name",
                                    "kube-api-access",
                                    "mountPath",
                                    API_TOKEN,
                                    "readOnly",
                                    true)));
        }
        return mounts;
    }

    private boolean mountsApiToken() {
        return spec.text("automountServiceAccountToken").filter("false"::equals).isEmpty();
    }

    private ContainerSpec container(Fields fields) {
        return new ContainerSpec(this, fields);
    }

    String serviceAccount() {
        return spec.text("serviceAccountName").orElse("default");
    }

    int graceSeconds() {
        return spec.number("terminationGracePeriodSeconds", 30);
    }

    /** What {@code fieldRef} may name. An absent label is an empty text. */
    String field(String path) {
        if (path.endsWith("']")) {
            String key = path.substring(path.indexOf('\'') + 1, path.length() - 2);
            String map = path.substring("metadata.".length(), path.indexOf('['));
            return metadata.at(map).text(key).orElse("");
        }
        return switch (path) {
            case "metadata.name" -> name;
            case "metadata.namespace" -> namespace;
            case "metadata.uid" -> uid();
            case "spec.serviceAccountName" -> serviceAccount();
            case "spec.nodeName" -> Kubelet.NODE;
            case "status.podIP" -> address.getHostAddress();
            default -> throw new IllegalArgumentException("fieldRef " + path + " is not known");
        };
    }

    String uid() {
        return "uid-of-" + name;
    }

    Map<String, String> annotations() {
        return new LinkedHashMap<>(metadata.at("annotations").texts());
    }
}
