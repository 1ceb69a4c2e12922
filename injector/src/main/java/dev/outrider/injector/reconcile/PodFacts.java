package dev.outrider.injector.reconcile;

import dev.outrider.certs.Json;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.injector.pod.Owner;
import dev.outrider.injector.pod.Workload;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the controllers need of a pod. Pure; made once for each change of it.
 *
 * @param owner the workload, as people name it
 * @param controller the kind that made it and would make another in its place; empty for a bare pod
 * @param ready whether Services send calls to it
 * @param ended Succeeded or Failed: nothing runs in it any more
 * @param sidecar the version of the one it has; {@code ?} when it does not say
 * @param inbound which ports lead to its sidecar; empty without one
 * @param portNames the numbers of its containers' named ports
 * @param wish whether it should have a sidecar
 */
record PodFacts(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        String serviceAccount,
        Owner owner,
        String controller,
        Instant created,
        boolean ready,
        boolean ended,
        boolean terminating,
        Optional<String> sidecar,
        Optional<InboundPorts> inbound,
        Map<String, Integer> portNames,
        Wish wish) {
    private static final String PROXY = "outrider";
    private static final String RECORD = "outrider.dev/injected";

    /** Whether a pod should have a sidecar. */
    enum Wish {
        YES,
        NO,
        /** It should, but it is written so that it cannot have one. */
        REFUSED
    }

    static PodFacts of(Map<String, @Nullable Object> pod, Wish wish) {
        String phase = Fields.text(pod, "status", "phase").orElse("");
        Optional<String> sidecar = sidecar(pod);
        return new PodFacts(
                Fields.namespace(pod),
                Fields.name(pod),
                Fields.text(pod, "metadata", "uid").orElse(""),
                Fields.labels(pod),
                Fields.text(pod, "spec", "serviceAccountName").orElse("default"),
                Workload.of(pod),
                controller(pod),
                created(pod),
                ready(pod),
                phase.equals("Succeeded") || phase.equals("Failed"),
                Fields.text(pod, "metadata", "deletionTimestamp").isPresent(),
                sidecar,
                sidecar.flatMap(_ -> InboundPorts.of(pod)),
                portNames(pod),
                wish);
    }

    String key() {
        return namespace + "/" + name;
    }

    /** Still there, and going to stay. */
    boolean alive() {
        return !ended && !terminating;
    }

    Journal.About about() {
        return new Journal.About("v1", "Pod", namespace, name, uid);
    }

    /**
     * The pod without what nobody here asks for: of a large cluster all pods are held. What decides
     * about injection stays.
     */
    static Map<String, @Nullable Object> trimmed(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> metadata = Fields.map(pod, "metadata");
        metadata.remove("managedFields");
        Map<String, @Nullable Object> spec = Fields.map(pod, "spec");
        spec.keySet()
                .retainAll(
                        List.of(
                                "serviceAccountName",
                                "hostNetwork",
                                "os",
                                "nodeSelector",
                                "restartPolicy"));
        spec.put("containers", containers(pod, "containers"));
        spec.put("initContainers", containers(pod, "initContainers"));
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("phase", Fields.text(pod, "status", "phase").orElse(""));
        status.put(
                "conditions",
                Fields.list(pod, "status", "conditions").stream()
                        .filter(each -> Fields.text(each, "type").orElse("").equals("Ready"))
                        .toList());
        Map<String, @Nullable Object> trimmed = new LinkedHashMap<>();
        trimmed.put("metadata", metadata);
        trimmed.put("spec", spec);
        trimmed.put("status", status);
        return trimmed;
    }

    private static List<Map<String, @Nullable Object>> containers(
            Map<String, @Nullable Object> pod, String list) {
        return Fields.list(pod, "spec", list).stream()
                .map(each -> {
                    Map<String, @Nullable Object> container = Fields.map(each);
                    boolean ours = String.valueOf(container.get("name")).startsWith(PROXY);
                    container
                            .keySet()
                            .retainAll(
                                    ours
                                            ? List.of("name", "ports", "command", "args")
                                            : List.of("name", "ports"));
                    return container;
                })
                .toList();
    }

    private static Optional<String> sidecar(Map<String, @Nullable Object> pod) {
        boolean there =
                Stream.of("initContainers", "containers")
                        .flatMap(list -> Fields.list(pod, "spec", list).stream())
                        .anyMatch(each -> Fields.text(each, "name").orElse("").equals(PROXY));
        return there ? Optional.of(version(Fields.annotations(pod).get(RECORD))) : Optional.empty();
    }

    private static String version(@Nullable String record) {
        try {
            return record == null ? "?" : Fields.text(Json.object(record), "version").orElse("?");
        } catch (IllegalArgumentException e) {
            return "?";
        }
    }

    private static String controller(Map<String, @Nullable Object> pod) {
        for (Object reference : Fields.list(pod, "metadata", "ownerReferences")) {
            if (Fields.flag(reference, "controller")) {
                return Fields.text(reference, "kind").orElse("");
            }
        }
        return "";
    }

    private static boolean ready(Map<String, @Nullable Object> pod) {
        return Fields.list(pod, "status", "conditions").stream()
                .anyMatch(each ->
                        Fields.text(each, "type").orElse("").equals("Ready")
                                && Fields.text(each, "status").orElse("").equals("True"));
    }

    private static Instant created(Map<String, @Nullable Object> pod) {
        try {
            return Instant.parse(Fields.text(pod, "metadata", "creationTimestamp").orElse(""));
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    private static Map<String, Integer> portNames(Map<String, @Nullable Object> pod) {
        Map<String, Integer> names = new LinkedHashMap<>();
        for (Object container : Fields.list(pod, "spec", "containers")) {
            for (Object port : Fields.list(container, "ports")) {
                Fields.text(port, "name")
                        .ifPresent(name ->
                                names.put(
                                        name,
                                        Fields.number(port, "containerPort")
                                                .orElse(0L)
                                                .intValue()));
            }
        }
        return names;
    }
}
