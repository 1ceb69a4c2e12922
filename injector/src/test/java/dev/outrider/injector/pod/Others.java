package dev.outrider.injector.pod;

import dev.outrider.certs.Json;
import dev.outrider.injector.patch.JsonPatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What an API server, other webhooks and careless people do to a pod. */
final class Others {
    private static final String TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private Others() {}

    /** Defaults, the API token's mount, images from a mirror, a variable in each container. */
    static Map<String, @Nullable Object> handle(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> changed = copy(pod);
        Map<String, @Nullable Object> spec = Shape.object(changed.get("spec"));
        spec.putIfAbsent("restartPolicy", "Always");
        spec.putIfAbsent("terminationGracePeriodSeconds", 30);
        spec.putIfAbsent("securityContext", Fields.of());
        list(spec, "volumes")
                .add(
                        Fields.of(
                                "name",
                                "kube-api-access-abcde",
                                "projected",
                                Fields.of("sources", List.of())));
        for (Map<String, @Nullable Object> container : containers(changed)) {
            container.put("image", "mirror.example/" + container.get("image"));
            container.putIfAbsent("terminationMessagePath", "/dev/termination-log");
            container.putIfAbsent("resources", Fields.of());
            list(container, "env").add(Fields.of("name", "FROM_ANOTHER_WEBHOOK", "value", "x"));
            if (!String.valueOf(container.get("volumeMounts")).contains(TOKEN_PATH)) {
                list(container, "volumeMounts")
                        .add(
                                Fields.of(
                                        "name",
                                        "kube-api-access-abcde",
                                        "mountPath",
                                        TOKEN_PATH,
                                        "readOnly",
                                        true));
            }
            for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
                if (container.get(probe) instanceof Map<?, ?>) {
                    Map<String, @Nullable Object> fields = Shape.object(container.get(probe));
                    fields.putIfAbsent("timeoutSeconds", 1);
                    fields.putIfAbsent("periodSeconds", 10);
                    fields.putIfAbsent("successThreshold", 1);
                    fields.putIfAbsent("failureThreshold", 3);
                }
            }
        }
        return changed;
    }

    static Map<String, @Nullable Object> addContainer(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> changed = copy(pod);
        list(Shape.object(changed.get("spec")), "containers")
                .add(
                        Fields.of(
                                "name",
                                "late",
                                "image",
                                "registry.example/late:1",
                                "livenessProbe",
                                Fields.of("httpGet", Fields.of("path", "/late", "port", 9999))));
        return changed;
    }

    /** Containers before ours in both lists. */
    static Map<String, @Nullable Object> prependContainers(Map<String, @Nullable Object> pod) {
        Map<String, @Nullable Object> changed = copy(pod);
        Map<String, @Nullable Object> spec = Shape.object(changed.get("spec"));
        list(spec, "initContainers").addFirst(Fields.of("name", "intruder", "image", "x"));
        list(spec, "containers").addFirst(Fields.of("name", "other", "image", "x"));
        return changed;
    }

    static PodRequest with(PodRequest request, Map<String, @Nullable Object> pod) {
        return new PodRequest(
                pod,
                request.namespace(),
                request.namespaceLabels(),
                request.namespaceAnnotations(),
                request.owner(),
                request.server());
    }

    /** Something else in one place, chosen by chance. */
    static Map<String, @Nullable Object> spoil(Map<String, @Nullable Object> pod, Random random) {
        Map<String, @Nullable Object> changed = copy(pod);
        List<Runnable> places = new ArrayList<>();
        Object instead =
                switch (random.nextInt(9)) {
                    case 0 -> null;
                    case 1 -> "text";
                    case 2 -> -1;
                    case 3 -> 1L << 40;
                    case 4 -> 2.5;
                    case 5 -> new ArrayList<>();
                    case 6 -> Fields.of("x", 1);
                    case 7 -> new ArrayList<>(java.util.Arrays.asList(null, 1, "a"));
                    default -> true;
                };
        collect(changed, instead, places);
        places.get(random.nextInt(places.size())).run();
        return changed;
    }

    /** The same in an injected pod: its record, its containers, or anything else of it. */
    static Map<String, @Nullable Object> spoilRecord(
            Map<String, @Nullable Object> pod, Random random) {
        Map<String, @Nullable Object> changed = copy(pod);
        Map<String, @Nullable Object> annotations =
                Shape.object(Shape.object(changed.get("metadata")).get("annotations"));
        String record = String.valueOf(annotations.get(InjectionRecord.ANNOTATION));
        annotations.put(InjectionRecord.ANNOTATION, Json.write(spoil(Json.object(record), random)));
        return random.nextBoolean() ? changed : Others.spoilSpec(changed, random);
    }

    private static Map<String, @Nullable Object> spoilSpec(
            Map<String, @Nullable Object> pod, Random random) {
        pod.put("spec", spoil(Shape.object(pod.get("spec")), random));
        return pod;
    }

    @SuppressWarnings("unchecked") // a copied document of JSON
    private static void collect(
            @Nullable Object json, @Nullable Object instead, List<Runnable> places) {
        if (json instanceof Map<?, ?> map) {
            for (String key : ((Map<String, @Nullable Object>) map).keySet()) {
                places.add(() -> ((Map<String, @Nullable Object>) map).put(key, instead));
                collect(map.get(key), instead, places);
            }
        } else if (json instanceof List<?> list) {
            for (int index = 0; index < list.size(); index++) {
                int at = index;
                places.add(() -> ((List<@Nullable Object>) list).set(at, instead));
                collect(list.get(index), instead, places);
            }
        }
    }

    static List<Map<String, @Nullable Object>> containers(Map<String, @Nullable Object> pod) {
        List<Map<String, @Nullable Object>> containers = new ArrayList<>();
        Map<String, @Nullable Object> spec = Shape.object(pod.get("spec"));
        for (String key : List.of("initContainers", "containers")) {
            if (spec.get(key) instanceof List<?> list) {
                list.forEach(each -> containers.add(Shape.object(each)));
            }
        }
        return containers;
    }

    @SuppressWarnings("unchecked") // a copied document of JSON
    private static List<@Nullable Object> list(Map<String, @Nullable Object> of, String key) {
        return (List<@Nullable Object>)
                Objects.requireNonNull(of.computeIfAbsent(key, _ -> new ArrayList<>()));
    }

    private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> pod) {
        return Shape.object(JsonPatch.copy(pod));
    }
}
