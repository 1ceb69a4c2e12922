package dev.outrider.injector.reconcile;

import dev.outrider.injector.pod.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pods have the sidecar they should have, by workload. Pure.
 *
 * @param rows only of workloads that should be meshed, in the order of their names
 */
record Coverage(List<Row> rows) {
    /** How a pod stands. */
    enum State {
        MESHED,
        /** It has a sidecar of another version. */
        OUTDATED,
        /** It should have one and has none. */
        MISSING,
        /** It wants none, has ended, or is about to go. */
        NONE
    }

    /** One workload and its living pods. */
    record Row(String namespace, Owner owner, List<PodFacts> pods, String version) {
        long count(State state) {
            return pods.stream().filter(pod -> state(pod, version) == state).count();
        }

        List<PodFacts> pods(State state) {
            return pods.stream().filter(pod -> state(pod, version) == state).toList();
        }

        String key() {
            return namespace + "/" + owner.kind() + "/" + owner.name();
        }

        /** What an operator would do about it. */
        String mend() {
            return switch (owner.kind()) {
                case "Deployment", "StatefulSet", "DaemonSet" ->
                        "kubectl -n %s rollout restart %s/%s"
                                .formatted(
                                        namespace,
                                        owner.kind().toLowerCase(Locale.ROOT),
                                        owner.name());
                case "Job", "CronJob" -> "its next run has one";
                case "Pod" -> "make the pod anew";
                default -> "restart it";
            };
        }
    }

    /**
     * @param version what a sidecar of today says of itself
     */
    static Coverage of(Collection<PodFacts> pods, String version) {
        Map<String, List<PodFacts>> workloads = new TreeMap<>();
        for (PodFacts pod : pods) {
            if (state(pod, version) != State.NONE) {
                Owner owner = pod.owner();
                String key = pod.namespace() + "/" + owner.kind() + "/" + owner.name();
                workloads.computeIfAbsent(key, _ -> new ArrayList<>()).add(pod);
            }
        }
        List<Row> rows = new ArrayList<>();
        workloads
                .values()
                .forEach(members -> {
                    members.sort(Comparator.comparing(PodFacts::name));
                    PodFacts first = members.getFirst();
                    rows.add(
                            new Row(
                                    first.namespace(),
                                    first.owner(),
                                    List.copyOf(members),
                                    version));
                });
        return new Coverage(List.copyOf(rows));
    }

    static State state(PodFacts pod, String version) {
        if (!pod.alive()) {
            return State.NONE;
        }
        if (pod.sidecar().isPresent()) {
            return pod.sidecar().get().equals(version) ? State.MESHED : State.OUTDATED;
        }
        return pod.wish() == PodFacts.Wish.NO ? State.NONE : State.MISSING;
    }

    /** How many pods stand so in each namespace. */
    Map<String, Long> byNamespace(State state) {
        Map<String, Long> counts = new TreeMap<>();
        for (Row row : rows) {
            counts.merge(row.namespace(), row.count(state), Long::sum);
        }
        return counts;
    }
}
