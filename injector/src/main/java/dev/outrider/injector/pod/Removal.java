package dev.outrider.injector.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a pod what an injector put in, by its record, and keeps the parts, since another
 * webhook may have changed them in between.
 */
final class Removal {
    private final InjectionRecord record;
    private final Map<String, Map<String, @Nullable Object>> containers = new LinkedHashMap<>();
    private final Map<String, Map<String, @Nullable Object>> volumes = new LinkedHashMap<>();

    private final Map<String, Integer> volumePlaces = new LinkedHashMap<>();

    private Removal(InjectionRecord record) {
        this.record = record;
    }

    /** The parts taken out of the pod, none when it was not injected. */
    static Optional<Removal> from(Node pod) throws Unfit {
        Optional<Node> metadata = pod.find("metadata");
        if (metadata.isEmpty()) {
            return Optional.empty();
        }
        Optional<InjectionRecord> record = InjectionRecord.of(metadata.get().texts("annotations"));
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Removal removal = new Removal(record.get());
        removal.take(metadata.get(), pod.make("spec"));
        return Optional.of(removal);
    }

    String version() throws Unfit {
        return record.version();
    }

    /** Whether nobody has chosen another image or other resources since. */
    boolean isUnchanged(String field, @Nullable Object now) {
        return record.isUnchanged(field, now);
    }

    /** A container that was taken out; empty when the pod had none, whatever its record said. */
    Optional<Map<String, @Nullable Object>> container(String name) {
        return Optional.ofNullable(containers.get(name));
    }

    Optional<Map<String, @Nullable Object>> volume(String name) {
        return Optional.ofNullable(volumes.get(name));
    }

    /** Where a volume stood, by its name, from first to last. */
    Map<String, Integer> volumePlaces() {
        return volumePlaces;
    }

    private void take(Node metadata, Node spec) throws Unfit {
        take(spec, "initContainers", "containers", containers);
        take(spec, "containers", "containers", containers);
        take(spec, "volumes", "volumes", volumes);
        for (Node container : spec.nodes("containers")) {
            restore(container);
        }
        for (Node container : spec.nodes("initContainers")) {
            restore(container);
        }
        PullSecrets.remove(spec, record);
        record.restore("spec", spec);
        for (String kind : List.of("labels", "annotations")) {
            Optional<Node> texts = metadata.find(kind);
            if (texts.isPresent()) {
                record.restore(kind, texts.get());
                texts.get().remove(InjectionRecord.ANNOTATION);
                if (texts.get().fields().isEmpty()) {
                    metadata.remove(kind);
                }
            }
        }
    }

    private void take(
            Node spec, String list, String kind, Map<String, Map<String, @Nullable Object>> taken)
            throws Unfit {
        if (!spec.has(list)) {
            return;
        }
        List<Integer> places = new ArrayList<>();
        List<Node> nodes = spec.nodes(list);
        for (int index = 0; index < nodes.size(); index++) {
            String name = nodes.get(index).name();
            if (name.startsWith(ProxyContainer.NAME) && record.names(kind, name)) {
                taken.put(name, nodes.get(index).fields());
                if (kind.equals("volumes")) {
                    volumePlaces.put(name, index);
                }
                places.addFirst(index);
            }
        }
        List<@Nullable Object> elements = spec.list(list);
        for (int place : places) {
            elements.remove(place);
        }
        if (elements.isEmpty() && !places.isEmpty()) {
            spec.remove(list);
        }
    }

    private void restore(Node container) throws Unfit {
        String name = container.name();
        Optional<Node> probes = record.originals("probes", name);
        if (probes.isPresent()) {
            for (String key : probes.get().fields().keySet()) {
                restore(container.find(key), probes.get().make(key), name, Probes.PROBES.get(key));
            }
        }
        Optional<Node> hooks = record.originals("hooks", name);
        Optional<Node> lifecycle =
                hooks.isPresent() ? container.find("lifecycle") : Optional.empty();
        if (hooks.isPresent() && lifecycle.isPresent()) {
            for (String key : hooks.get().fields().keySet()) {
                Node original = hooks.get().make(key);
                restore(lifecycle.get().find(key), original, name, Probes.HOOKS.get(key));
                if (original.has(InjectionRecord.BESIDE)) {
                    removeMade(container, lifecycle.get(), key, original);
                }
            }
        }
    }

    /** Unless another webhook has put something into it. */
    private static void removeMade(Node container, Node lifecycle, String key, Node original)
            throws Unfit {
        Optional<Node> hook = lifecycle.find(key);
        if (hook.isPresent() && hook.get().fields().isEmpty()) {
            lifecycle.remove(key);
        }
        if (lifecycle.fields().isEmpty() && !original.flag(InjectionRecord.BESIDE)) {
            container.remove("lifecycle");
        }
    }

    /** Only where the call still goes to the proxy; another webhook may have put in its own. */
    private static void restore(
            Optional<Node> probe, Node original, String container, @Nullable String kind)
            throws Unfit {
        if (probe.isEmpty() || kind == null) {
            return;
        }
        Optional<Node> call = probe.get().find("httpGet");
        String path = call.isEmpty() ? "" : call.get().text("path").orElse("");
        if (!path.equals(Probes.path(container, kind))
                && !path.startsWith(Probes.hookPath(container, kind))) {
            return;
        }
        probe.get().remove("httpGet");
        for (String handler : Probes.HANDLERS) {
            if (original.has(handler)) {
                probe.get().put(handler, original.make(handler).fields());
            }
        }
        if (Probes.PROBES.containsValue(kind)) {
            restoreTimeout(probe.get(), original);
        }
    }

    private static void restoreTimeout(Node probe, Node original) throws Unfit {
        long before = original.number("timeoutSeconds").orElse(1L);
        if (probe.number("timeoutSeconds").orElse(0L) != before + 1) {
            return;
        }
        if (original.has("timeoutSeconds")) {
            probe.put("timeoutSeconds", (int) before);
        } else {
            probe.remove("timeoutSeconds");
        }
    }
}
