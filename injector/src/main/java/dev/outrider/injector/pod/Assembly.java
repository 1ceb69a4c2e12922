package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the sidecar into one copy of a pod. Used once, on one thread. */
final class Assembly {
    private final InjectionConfig config;
    private final HookKeys hookKeys;
    private final PodRequest request;
    private final Node pod;
    private final List<String> warnings;

    Assembly(
            InjectionConfig config,
            HookKeys hookKeys,
            PodRequest request,
            Node pod,
            List<String> warnings) {
        this.config = config;
        this.hookKeys = hookKeys;
        this.request = request;
        this.pod = pod;
        this.warnings = warnings;
    }

    void assemble() throws Unfit {
        Optional<Removal> earlier = Removal.from(pod);
        Node metadata = pod.make("metadata");
        Node spec = pod.find("spec").orElseThrow(() -> pod.wrong("spec", "is missing"));
        List<AppContainer> containers = containers(spec);
        PodSettings settings = settings(metadata, containers);
        PodFacts facts = PodFacts.of(spec, workload(metadata, containers), containers);
        Checks checks = new Checks(config, warnings);
        checks.check(spec, containers, settings, facts);
        checks.namespace(request.namespaceLabels());

        InjectionRecord record = InjectionRecord.start(config.version(), settings);
        String hookKey = hookKey(earlier);
        Map<String, @Nullable Object> probes = probes(settings, facts, hookKey, record, containers);
        Node texts = metadata.make("annotations");
        Map<String, @Nullable Object> metrics =
                settings.mergeMetrics()
                        ? new Metrics(config, record, warnings).merge(texts, containers)
                        : Map.of();
        describe(metadata, containers, record);
        Optional<Removal> kept = sameVersion(earlier);
        volumes(spec, settings, kept);
        if (!settings.nativeSidecar() && facts.ends()) {
            record.change("spec", spec, "shareProcessNamespace", true);
        }
        new PullSecrets(config.imagePullSecrets()).add(spec, record);
        ProxyContainer ours =
                new ProxyContainer(
                        config,
                        settings,
                        facts,
                        Probes.haveHooks(probes) ? Optional.of(hookKey) : Optional.empty());
        place(spec, settings, ours, probes, metrics, kept);
        texts.put(InjectionRecord.ANNOTATION, record.text());
    }

    private PodSettings settings(Node metadata, List<AppContainer> containers) throws Unfit {
        Annotations annotations =
                new Annotations(
                        metadata.texts("annotations"), request.namespaceAnnotations(), warnings);
        annotations.warnOfOthers();
        return PodSettings.of(annotations, config, names(containers), request.server());
    }

    /** What the proxy is called for by the kubelet, as the containers then say. */
    private Map<String, @Nullable Object> probes(
            PodSettings settings,
            PodFacts facts,
            String hookKey,
            InjectionRecord record,
            List<AppContainer> containers)
            throws Unfit {
        if (!settings.rewriteProbes()) {
            return Map.of();
        }
        Probes probes =
                new Probes(config, settings.nativeSidecar(), facts.gracePeriod(), hookKey, record);
        Map<String, @Nullable Object> calls = probes.rewrite(containers);
        return !settings.nativeSidecar() && facts.ends() ? probes.tellStarts(containers) : calls;
    }

    /** The one that was given before, whoever gave it: else each call would find a change. */
    private String hookKey(Optional<Removal> earlier) throws Unfit {
        Optional<Map<String, @Nullable Object>> proxy =
                earlier.flatMap(removal -> removal.container(ProxyContainer.NAME));
        if (proxy.isPresent()) {
            for (Node variable : Node.root(proxy.get()).nodes("env")) {
                String value = variable.text("value").orElse("");
                if (variable.name().equals(ProxyContainer.HOOK_KEY)
                        && HookKeys.FORM.matcher(value).matches()) {
                    return value;
                }
            }
        }
        return hookKeys.of(request);
    }

    /** What another version put in is not mixed with this one's. */
    private Optional<Removal> sameVersion(Optional<Removal> earlier) throws Unfit {
        return earlier.isPresent() && earlier.get().version().equals(config.version())
                ? earlier
                : Optional.empty();
    }

    private static List<AppContainer> containers(Node spec) throws Unfit {
        List<AppContainer> containers = new ArrayList<>();
        for (Node container : spec.nodes("initContainers")) {
            containers.add(AppContainer.of(container, true));
        }
        List<Node> main = spec.nodes("containers");
        if (main.isEmpty()) {
            throw spec.wrong("containers", "is empty; a pod has at least one");
        }
        for (Node container : main) {
            containers.add(AppContainer.of(container, false));
        }
        return containers;
    }

    /** A pod that has no name yet, and no owner, goes by its labels or its first container. */
    private String workload(Node metadata, List<AppContainer> containers) throws Unfit {
        Map<String, String> labels = metadata.texts("labels");
        return Stream.of(
                        request.owner().name(),
                        labels.getOrDefault("app.kubernetes.io/name", ""),
                        labels.getOrDefault("app", ""))
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElse(containers.getLast().name());
    }

    private static PortNames names(List<AppContainer> containers) throws Unfit {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (AppContainer container : containers) {
            if (container.runsOn()) {
                container.namedPorts().forEach(numbers::putIfAbsent);
            }
        }
        return new PortNames(numbers);
    }

    /** For people and their tools: who is meshed, and which container is meant without a name. */
    private static void describe(
            Node metadata, List<AppContainer> containers, InjectionRecord record) throws Unfit {
        record.change("labels", metadata.make("labels"), InjectionRecord.LABEL, "enabled");
        Node annotations = metadata.make("annotations");
        String first =
                containers.stream()
                        .filter(container -> !container.init())
                        .findFirst()
                        .map(AppContainer::name)
                        .orElse("");
        for (String name :
                List.of(
                        "kubectl.kubernetes.io/default-container",
                        "kubectl.kubernetes.io/default-logs-container")) {
            if (!annotations.has(name)) {
                record.change("annotations", annotations, name, first);
            }
        }
    }

    /** Each where it stood before, if it did: their order means nothing, so it is not touched. */
    private void volumes(Node spec, PodSettings settings, Optional<Removal> kept) throws Unfit {
        Map<String, Map<String, @Nullable Object>> ours = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> volume : Volumes.of(config, settings)) {
            ours.put(String.valueOf(volume.get("name")), volume);
        }
        List<@Nullable Object> volumes = spec.list("volumes");
        if (kept.isPresent()) {
            for (Map.Entry<String, Integer> place : kept.get().volumePlaces().entrySet()) {
                Map<String, @Nullable Object> volume = ours.remove(place.getKey());
                if (volume != null) {
                    volumes.add(
                            Math.min(place.getValue(), volumes.size()),
                            kept.get()
                                    .volume(place.getKey())
                                    .map(there -> Merge.over(there, volume))
                                    .orElse(volume));
                }
            }
        }
        volumes.addAll(ours.values());
    }

    /**
     * A native sidecar comes before the pod's own init containers, which then have a network. A
     * classic one is up only after all of those, so the rules have to come last among them.
     */
    private void place(
            Node spec,
            PodSettings settings,
            ProxyContainer ours,
            Map<String, @Nullable Object> probes,
            Map<String, @Nullable Object> metrics,
            Optional<Removal> kept)
            throws Unfit {
        Map<String, @Nullable Object> init = merged(ours.init(), kept);
        Map<String, @Nullable Object> proxy = merged(ours.proxy(probes, metrics), kept);
        if (settings.nativeSidecar()) {
            spec.list("initContainers").addAll(0, List.of(init, proxy));
        } else {
            spec.list("initContainers").add(init);
            spec.list("containers").addFirst(proxy);
        }
    }

    /** An image or resources that somebody else chose meanwhile, say a mirror's, stay. */
    private static Map<String, @Nullable Object> merged(
            Map<String, @Nullable Object> ours, Optional<Removal> kept) throws Unfit {
        Optional<Map<String, @Nullable Object>> there =
                kept.flatMap(each -> each.container(String.valueOf(ours.get("name"))));
        if (there.isEmpty()) {
            return ours;
        }
        Map<String, @Nullable Object> merged = Merge.over(there.get(), ours);
        for (String field : List.of("image", "imagePullPolicy", "resources")) {
            Object now = there.get().get(field);
            if (now != null && !kept.orElseThrow().isUnchanged(field, now)) {
                merged.put(field, now);
            }
        }
        return merged;
    }
}
