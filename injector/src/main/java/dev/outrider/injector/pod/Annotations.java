package dev.outrider.injector.pod;

import dev.outrider.injector.pod.PodAnnotation.Alias;
import java.util.Arrays;
import java.util.EnumMap;
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

    private static final String INTERCEPTION = "sidecar.istio.io/interceptionMode";

    /** Names that look like ours but would lead other connections past the proxy. */
    private static final Map<String, String> UNLIKE =
            Map.of(
                    "config.linkerd.io/skip-subnets",
                    "it is about who calls, and "
                            + PodAnnotation.SKIP_SUBNETS.annotation()
                            + " about who is called",
                    INTERCEPTION,
                    "connections are always redirected here");

    private final Map<String, String> pod;
    private final Map<String, String> namespace;
    private final List<String> warnings;
    private final Map<PodAnnotation, String> used = new EnumMap<>(PodAnnotation.class);

    Annotations(Map<String, String> pod, Map<String, String> namespace, List<String> warnings) {
        this.pod = IstioLists.settled(pod, warnings);
        this.namespace = namespace;
        this.warnings = warnings;
    }

    /** A value and where it stands. */
    private record Found(String name, String value) {
        private static final int SHOWN = 60;

        @Override
        public String toString() {
            String line = value.replaceAll("\\s+", " ");
            String shown = line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
            return name + ": '" + shown + "'";
        }
    }

    /** Says what of the annotations is not heeded, which nobody would find out otherwise. */
    void warnOfOthers() {
        Set<String> known =
                Arrays.stream(PodAnnotation.values())
                        .map(PodAnnotation::annotation)
                        .collect(Collectors.toSet());
        for (String name : pod.keySet()) {
            String unlike = UNLIKE.get(name);
            if (INTERCEPTION.equals(name) && "REDIRECT".equals(pod.get(name))) {
                continue;
            }
            if (unlike != null) {
                warnings.add("the annotation " + name + " is not heeded: " + unlike);
            } else if (name.startsWith(PodAnnotation.PREFIX)
                    && !known.contains(name)
                    && !OTHERS.contains(name)) {
                warnings.add("the annotation " + name + " is not known and does nothing");
            }
        }
    }

    /**
     * What the parser makes of the value that holds: the pod's before its namespace's, and ours
     * before those of other meshes.
     */
    <T> Optional<T> get(PodAnnotation which, Function<String, T> parser) throws Unfit {
        Optional<Found> found = find(which, pod, "the annotation ", false);
        if (found.isEmpty() && which != PodAnnotation.CONFIG) {
            found = find(which, namespace, "the namespace's annotation ", true);
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        used.put(which, found.get().name());
        try {
            return Optional.of(parser.apply(found.get().value()));
        } catch (IllegalArgumentException e) {
            throw new Unfit(found.get() + ": " + e.getMessage());
        }
    }

    /** What says so, for a message about the value: the name that was used, if one was. */
    String name(PodAnnotation which) {
        return used.getOrDefault(which, "the annotation " + which.annotation());
    }

    /** Two meshes that disagree cannot both be followed, and a guess might leave a hole. */
    private Optional<Found> find(
            PodAnnotation which, Map<String, String> annotations, String where, boolean ofNamespace)
            throws Unfit {
        String own = annotations.get(which.annotation());
        if (own != null) {
            return Optional.of(new Found(where + which.annotation(), own.strip()));
        }
        Map<String, Found> byMeaning = new LinkedHashMap<>();
        for (Alias alias : which.aliases()) {
            String value = annotations.get(alias.name());
            if (value == null || (ofNamespace && !alias.ofNamespaces())) {
                continue;
            }
            Optional<String> meaning = alias.meaning().of(value.strip());
            if (meaning.isPresent()) {
                byMeaning.putIfAbsent(
                        normal(meaning.get()),
                        new Found(where + alias.name(), meaning.get().strip()));
            } else {
                warnings.add(
                        "%s is not heeded; write %s: %s"
                                .formatted(
                                        new Found(where + alias.name(), value),
                                        which.annotation(),
                                        which.examples().replace("`", "")));
            }
        }
        List<Found> found = List.copyOf(byMeaning.values());
        if (found.size() > 1) {
            throw new Unfit(
                    "%s and %s disagree; write %s, which wins over both"
                            .formatted(found.get(0), found.get(1), which.annotation()));
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
