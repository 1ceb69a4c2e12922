package dev.outrider.injector.pod;

import dev.outrider.injector.pod.PodAnnotation.Alias;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the annotations of one pod and its namespace say. Confined to one injection. */
final class Annotations {
    /** Of Outrider's, but no settings: written by the injector, or for objects other than pods. */
    private static final Set<String> OTHERS =
            Set.of(InjectionRecord.ANNOTATION, "outrider.dev/service-account");

    /** Names that look like ours but would lead other connections past the proxy. */
    private static final Map<String, String> UNLIKE =
            Map.of(
                    "traffic.sidecar.istio.io/includeOutboundPorts",
                    "it adds to what Istio captures, and all is captured here",
                    "config.linkerd.io/skip-subnets",
                    "it is about who calls, and "
                            + PodAnnotation.SKIP_SUBNETS.annotation()
                            + " about who is called",
                    "sidecar.istio.io/interceptionMode",
                    "connections are always redirected here");

    private final Map<String, String> pod;
    private final Map<String, String> namespace;
    private final List<String> warnings;

    Annotations(Map<String, String> pod, Map<String, String> namespace, List<String> warnings) {
        this.pod = pod;
        this.namespace = namespace;
        this.warnings = warnings;
    }

    /** A value and where it stands. */
    private record Found(String name, String value) {}

    /** Says what of the annotations is not heeded, which nobody would find out otherwise. */
    void warnOfOthers() {
        Set<String> known =
                Arrays.stream(PodAnnotation.values())
                        .map(PodAnnotation::annotation)
                        .collect(Collectors.toSet());
        for (String name : pod.keySet()) {
            if (name.startsWith(PodAnnotation.PREFIX)
                    && !known.contains(name)
                    && !OTHERS.contains(name)) {
                warnings.add("the annotation " + name + " is not known and does nothing");
            }
        }
        UNLIKE.forEach((name, why) -> {
            if (pod.containsKey(name)) {
                warnings.add("the annotation " + name + " is not heeded: " + why);
            }
        });
    }

    /**
     * What the parser makes of the value that holds: the pod's before its namespace's, and ours
     * before those of other meshes.
     */
    <T> Optional<T> get(PodAnnotation which, Function<String, T> parser) throws Unfit {
        Optional<Found> found = own(which, pod);
        if (found.isEmpty()) {
            found = foreign(which, pod, false);
        }
        if (found.isEmpty() && which != PodAnnotation.CONFIG) {
            found = own(which, namespace);
            if (found.isEmpty()) {
                found = foreign(which, namespace, true);
            }
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Found value = found.get();
        try {
            return Optional.of(parser.apply(value.value()));
        } catch (IllegalArgumentException e) {
            throw new Unfit(
                    "the annotation %s: '%s': %s"
                            .formatted(value.name(), value.value(), e.getMessage()));
        }
    }

    private static Optional<Found> own(PodAnnotation which, Map<String, String> annotations) {
        String value = annotations.get(which.annotation());
        return value == null
                ? Optional.empty()
                : Optional.of(new Found(which.annotation(), value.strip()));
    }

    /** Two meshes that disagree cannot both be followed, and a guess might leave a hole. */
    private Optional<Found> foreign(
            PodAnnotation which, Map<String, String> annotations, boolean ofNamespace)
            throws Unfit {
        Map<String, Found> byValue = new LinkedHashMap<>();
        for (Alias alias : which.aliases()) {
            String value = annotations.get(alias.name());
            if (value == null || (ofNamespace && !alias.ofNamespaces())) {
                continue;
            }
            Optional<String> meaning = alias.meaning().of(value.strip());
            if (meaning.isEmpty()) {
                warnings.add(
                        "the annotation %s: '%s' is not heeded; write %s: %s"
                                .formatted(
                                        alias.name(), value, which.annotation(), which.examples()));
            } else {
                byValue.putIfAbsent(
                        normal(meaning.get()), new Found(alias.name(), meaning.get().strip()));
            }
        }
        List<Found> found = new ArrayList<>(byValue.values());
        if (found.size() > 1) {
            throw new Unfit(
                    "the annotations %s: '%s' and %s: '%s' disagree; write %s, which wins over both"
                            .formatted(
                                    found.get(0).name(),
                                    found.get(0).value(),
                                    found.get(1).name(),
                                    found.get(1).value(),
                                    which.annotation()));
        }
        return found.stream().findFirst();
    }

    /** Lists are the same in any order. */
    private static String normal(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .sorted()
                .collect(Collectors.joining(","));
    }
}
