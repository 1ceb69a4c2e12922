package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the controller needs of a Service. Pure.
 *
 * @param selector of its pods; empty when its endpoints are made by somebody else
 * @param targets the TCP ports of its pods, as numbers or names
 * @param label who answers for it, as it says now
 * @param ours whether that was said by us
 */
record ServiceFacts(
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        Map<String, String> selector,
        List<String> targets,
        boolean publishesUnready,
        Optional<String> label,
        boolean ours) {
    static final String LABEL = "outrider.dev/service-account";

    /** Tells our own label from one that somebody wrote by hand, which is left alone. */
    static final String BY = "outrider.dev/service-account-by";

    static final String US = "injector";

    static ServiceFacts of(Map<String, @Nullable Object> service) {
        boolean external = Fields.text(service, "spec", "type").orElse("").equals("ExternalName");
        return new ServiceFacts(
                Fields.namespace(service),
                Fields.name(service),
                Fields.text(service, "metadata", "uid").orElse(""),
                Fields.resourceVersion(service),
                external ? Map.of() : Fields.texts(service, "spec", "selector"),
                Fields.list(service, "spec", "ports").stream()
                        .filter(port -> Fields.text(port, "protocol").orElse("TCP").equals("TCP"))
                        .map(ServiceFacts::target)
                        .toList(),
                Fields.flag(service, "spec", "publishNotReadyAddresses"),
                Optional.ofNullable(Fields.labels(service).get(LABEL)),
                US.equals(Fields.annotations(service).get(BY)));
    }

    static Map<String, @Nullable Object> trimmed(Map<String, @Nullable Object> service) {
        Map<String, @Nullable Object> metadata = Fields.map(service, "metadata");
        metadata.remove("managedFields");
        Map<String, @Nullable Object> spec = Fields.map(service, "spec");
        spec.keySet().retainAll(List.of("type", "selector", "ports", "publishNotReadyAddresses"));
        Map<String, @Nullable Object> trimmed = new LinkedHashMap<>();
        trimmed.put("metadata", metadata);
        trimmed.put("spec", spec);
        return trimmed;
    }

    String key() {
        return namespace + "/" + name;
    }

    boolean selects(PodFacts pod) {
        return !selector.isEmpty()
                && pod.namespace().equals(namespace)
                && pod.labels().entrySet().containsAll(selector.entrySet());
    }

    Journal.About about() {
        return new Journal.About("v1", "Service", namespace, name, uid);
    }

    /** Without a target port it is the Service's own. */
    private static String target(@Nullable Object port) {
        return Fields.text(port, "targetPort")
                .or(() -> Fields.number(port, "targetPort").map(String::valueOf))
                .orElseGet(() -> String.valueOf(Fields.number(port, "port").orElse(0L)));
    }
}
