package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** All pods of the cluster, as facts. Told by the mirror's thread, read by any. */
final class PodBook implements AutoCloseable {
    private final BiFunction<Map<String, @Nullable Object>, String, PodFacts.Wish> wishes;
    private final Runnable changed;
    private final Map<String, PodFacts> facts = new ConcurrentHashMap<>();
    private final Mirror mirror;

    /**
     * @param wishes whether a pod of a namespace should have a sidecar
     * @param changed told after each change, on the mirror's thread
     */
    PodBook(
            KubeApi api,
            Mirror.Pace pace,
            BiFunction<Map<String, @Nullable Object>, String, PodFacts.Wish> wishes,
            Runnable changed) {
        this.wishes = wishes;
        this.changed = changed;
        this.mirror =
                Mirror.start(
                        api,
                        Resource.PODS.all(),
                        Selector.ALL,
                        pace,
                        PodFacts::trimmed,
                        this::follow);
    }

    boolean synced() {
        return mirror.synced();
    }

    Collection<PodFacts> all() {
        return List.copyOf(facts.values());
    }

    Map<String, List<PodFacts>> byNamespace() {
        Map<String, List<PodFacts>> sorted = new HashMap<>();
        for (PodFacts pod : facts.values()) {
            sorted.computeIfAbsent(pod.namespace(), _ -> new ArrayList<>()).add(pod);
        }
        return sorted;
    }

    /** Where at least one pod should have a sidecar, whoever said so. */
    Set<String> namespacesThatWant() {
        Set<String> names = new TreeSet<>();
        for (PodFacts pod : facts.values()) {
            if (pod.wish() == PodFacts.Wish.YES && !pod.ended()) {
                names.add(pod.namespace());
            }
        }
        return names;
    }

    /** Looks at all pods again, after namespaces or the configuration changed. */
    void review() {
        for (Map<String, @Nullable Object> pod : mirror.objects()) {
            // Asked again under the entry's lock: one that changes or goes meanwhile is told of
            // after that, and what was told must not be undone.
            facts.computeIfPresent(
                    key(pod),
                    (_, known) ->
                            mirror.find(known.namespace(), known.name())
                                    .map(this::read)
                                    .orElse(known));
        }
        changed.run();
    }

    @Override
    public void close() {
        mirror.close();
    }

    private void follow(Mirror.Change change) {
        switch (change.type()) {
            case ADDED, MODIFIED -> facts.put(key(change.object()), read(change.object()));
            case DELETED -> facts.remove(key(change.object()));
            case RESYNCED -> {}
        }
        changed.run();
    }

    private PodFacts read(Map<String, @Nullable Object> pod) {
        return PodFacts.of(pod, wishes.apply(pod, Fields.namespace(pod)));
    }

    private static String key(Map<String, @Nullable Object> pod) {
        return Fields.namespace(pod) + "/" + Fields.name(pod);
    }
}
