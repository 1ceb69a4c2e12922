package dev.outrider.injector.pod;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod that is about to be made, and what is known of where.
 *
 * @param pod the pod, as JSON; never changed
 * @param namespace where it is made; its own metadata may not say
 */
public record PodRequest(
        Map<String, @Nullable Object> pod,
        String namespace,
        Map<String, String> namespaceLabels,
        Map<String, String> namespaceAnnotations,
        Owner owner,
        ServerVersion server) {}
