package dev.outrider.injector.manifest;

import dev.outrider.injector.patch.JsonPointer;
import dev.outrider.injector.pod.Owner;
import dev.outrider.injector.pod.Workload;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pod, or the template of pods, in a document.
 *
 * @param object whose it is
 * @param place where in the document it stands
 */
record PodTemplate(ObjectName object, JsonPointer place, Map<String, @Nullable Object> pod) {
    /** The workload that the pods will belong to. */
    Owner owner() {
        return object.kind().equals("Pod")
                ? Workload.of(pod)
                : new Owner(object.kind(), object.name());
    }

    /**
     * What an object is called.
     *
     * @param place where in the document it stands
     */
    record ObjectName(
            String kind, String group, String name, Optional<String> namespace, JsonPointer place) {
        @Override
        public String toString() {
            return kind + " " + namespace.map(it -> it + "/").orElse("") + name;
        }
    }
}
