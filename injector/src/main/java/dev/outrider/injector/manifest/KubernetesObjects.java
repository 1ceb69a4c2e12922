package dev.outrider.injector.manifest;

import dev.outrider.injector.manifest.PodTemplate.ObjectName;
import dev.outrider.injector.patch.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a document, and the pods in them. A kind is known with its group only: a Job of
 * somebody's own group need not be like a Job.
 */
final class KubernetesObjects {
    private static final JsonPointer TEMPLATE = JsonPointer.parse("/spec/template");

    /** Where pods stand, by group and kind; groups of old files too. */
    private static final Map<String, JsonPointer> KNOWN =
            Map.ofEntries(
                    Map.entry("/Pod", JsonPointer.ROOT),
                    Map.entry("/PodTemplate", JsonPointer.parse("/template")),
                    Map.entry("/ReplicationController", TEMPLATE),
                    Map.entry("apps/Deployment", TEMPLATE),
                    Map.entry("apps/StatefulSet", TEMPLATE),
                    Map.entry("apps/DaemonSet", TEMPLATE),
                    Map.entry("apps/ReplicaSet", TEMPLATE),
                    Map.entry("extensions/Deployment", TEMPLATE),
                    Map.entry("extensions/DaemonSet", TEMPLATE),
                    Map.entry("extensions/ReplicaSet", TEMPLATE),
                    Map.entry("batch/Job", TEMPLATE),
                    Map.entry(
                            "batch/CronJob", JsonPointer.parse("/spec/jobTemplate/spec/template")));

    private final List<PodTemplate> templates = new ArrayList<>();
    private final List<ObjectName> others = new ArrayList<>();
    private final List<Named> namespaces = new ArrayList<>();

    private KubernetesObjects() {}

    /** An object with its fields. */
    record Named(ObjectName name, Map<String, @Nullable Object> fields) {}

    static KubernetesObjects in(@Nullable Object document) {
        KubernetesObjects found = new KubernetesObjects();
        found.add(document, JsonPointer.ROOT);
        return found;
    }

    List<PodTemplate> templates() {
        return templates;
    }

    /** All that are no pods and make none, as far as is known here. */
    List<ObjectName> others() {
        return others;
    }

    /** Those among the others that say whether their pods get a sidecar. */
    List<Named> namespaces() {
        return namespaces;
    }

    private void add(@Nullable Object value, JsonPointer place) {
        Map<String, @Nullable Object> object = object(value);
        String kind = text(object, "kind");
        if (kind.isEmpty()) {
            return;
        }
        String version = text(object, "apiVersion");
        String group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
        if (kind.endsWith("List") && object.get("items") instanceof List<?> items) {
            for (int index = 0; index < items.size(); index++) {
                add(items.get(index), place.child("items").child(index));
            }
            return;
        }
        ObjectName name = name(object, kind, group, place);
        if (kind.equals("Namespace") && group.isEmpty()) {
            namespaces.add(new Named(name, object));
        }
        JsonPointer inside = KNOWN.get(group + "/" + kind);
        Object pod = inside == null ? null : find(object, inside);
        if (inside != null && pod instanceof Map && object(pod).get("spec") instanceof Map) {
            templates.add(new PodTemplate(name, joined(place, inside), object(pod)));
        } else {
            others.add(name);
        }
    }

    private static ObjectName name(
            Map<String, @Nullable Object> object, String kind, String group, JsonPointer place) {
        Map<String, @Nullable Object> metadata = object(object.get("metadata"));
        String name = text(metadata, "name");
        Optional<String> namespace = Optional.of(text(metadata, "namespace"));
        return new ObjectName(
                kind,
                group,
                name.isEmpty() ? text(metadata, "generateName") : name,
                namespace.filter(it -> !it.isEmpty()),
                place);
    }

    /** Whether an object that is not known looks as if it made pods. */
    static boolean looksLikeWorkload(@Nullable Object document, ObjectName name) {
        Object object = find(document, name.place());
        Object spec = find(object, JsonPointer.parse("/spec/template/spec/containers"));
        return spec instanceof List;
    }

    /** Where metadata is put in, it comes before the spec, as everybody writes it. */
    static void metadataFirst(Map<String, @Nullable Object> document, JsonPointer template) {
        Map<String, @Nullable Object> pod = object(find(document, template));
        List<String> keys = List.copyOf(pod.keySet());
        if (keys.contains("metadata") && keys.indexOf("metadata") > keys.indexOf("spec")) {
            pod.put("spec", pod.remove("spec"));
        }
    }

    static @Nullable Object find(@Nullable Object document, JsonPointer place) {
        Object value = document;
        for (String token : place.tokens()) {
            if (value instanceof Map<?, ?> map) {
                value = map.get(token);
            } else if (value instanceof List<?> list && isIndex(token, list.size())) {
                value = list.get(Integer.parseInt(token));
            } else {
                return null;
            }
        }
        return value;
    }

    private static boolean isIndex(String token, int size) {
        return token.matches("[0-9]{1,9}") && Integer.parseInt(token) < size;
    }

    static JsonPointer joined(JsonPointer place, JsonPointer inside) {
        List<String> tokens = new ArrayList<>(place.tokens());
        tokens.addAll(inside.tokens());
        return new JsonPointer(tokens);
    }

    static String text(Map<String, @Nullable Object> object, String key) {
        return object.get(key) instanceof String text ? text : "";
    }

    @SuppressWarnings("unchecked") // objects of a document have texts as keys
    static Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
