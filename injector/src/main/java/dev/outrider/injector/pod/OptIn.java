package dev.outrider.injector.pod;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a pod gets a sidecar at all. */
record OptIn(InjectionConfig config) {
    private static final String KEY = PodAnnotation.INJECT.annotation();
    private static final List<String> WANTED = List.of("enabled", "true");
    private static final String OS = "kubernetes.io/os";

    /** Why it does not; empty when it does. */
    Optional<String> refusal(PodRequest request, Node pod) throws Unfit {
        if (request.namespace().equals(config.controlPlane())) {
            return Optional.of("the namespace of the control plane");
        }
        if (config.excludedNamespaces().contains(request.namespace())) {
            return Optional.of("the namespace " + request.namespace() + " is excluded");
        }
        Optional<Boolean> own = own(pod);
        if (own.isPresent() && !own.get()) {
            return Optional.of("the pod says no");
        }
        if (own.isEmpty() && !WANTED.contains(request.namespaceLabels().getOrDefault(KEY, ""))) {
            return Optional.of("neither the pod nor its namespace asks for it");
        }
        Optional<Node> spec = pod.find("spec");
        if (spec.isPresent() && spec.get().flag("hostNetwork")) {
            return Optional.of("hostNetwork: the rules would catch the whole node's connections");
        }
        if (spec.isPresent() && windows(spec.get())) {
            return Optional.of("it is for Windows");
        }
        if (annotations(pod).containsKey("kubernetes.io/config.mirror")) {
            return Optional.of("a static pod, which only its node can change");
        }
        return Optional.empty();
    }

    private static Optional<Boolean> own(Node pod) throws Unfit {
        Node metadata = pod.find("metadata").orElse(Node.root(Map.of()));
        Optional<Boolean> label = word("label", metadata.texts("labels").get(KEY));
        Optional<Boolean> annotation = word("annotation", metadata.texts("annotations").get(KEY));
        if (label.isPresent() && annotation.isPresent() && !label.equals(annotation)) {
            throw new Unfit(
                    "the label and the annotation %s disagree; take one of them away"
                            .formatted(KEY));
        }
        return label.or(() -> annotation);
    }

    private static Optional<Boolean> word(String where, @Nullable String value) throws Unfit {
        if (value == null) {
            return Optional.empty();
        }
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "true", "enabled" -> Optional.of(true);
            case "false", "disabled" -> Optional.of(false);
            default ->
                    throw new Unfit(
                            "the %s %s: '%s': write true or false".formatted(where, KEY, value));
        };
    }

    private static Map<String, String> annotations(Node pod) throws Unfit {
        Optional<Node> metadata = pod.find("metadata");
        return metadata.isPresent() ? metadata.get().texts("annotations") : Map.of();
    }

    private static boolean windows(Node spec) throws Unfit {
        Optional<Node> os = spec.find("os");
        Map<String, String> selector = spec.texts("nodeSelector");
        return (os.isPresent() && os.get().text("name").equals(Optional.of("windows")))
                || "windows".equals(selector.get(OS))
                || "windows".equals(selector.get("beta." + OS));
    }
}
