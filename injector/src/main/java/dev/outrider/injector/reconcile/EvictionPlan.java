package dev.outrider.injector.reconcile;

import dev.outrider.injector.reconcile.Coverage.Row;
import dev.outrider.injector.reconcile.Coverage.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which pod may be evicted next, if any. Careful, since nobody is asked: only pods that something
 * makes anew, one of a workload at a time and only while all its others are ready, so many a minute
 * and no more, and no more of a workload whose new pods come without a sidecar too. What a
 * PodDisruptionBudget says is the API server's to heed. Confined to one thread.
 */
final class EvictionPlan {
    /** How long a refused eviction, or one of the same workload, is left alone. */
    static final Duration PAUSE = Duration.ofSeconds(30);

    /** How long a workload is left alone to which evictions do no good. */
    static final Duration GIVEN_UP = Duration.ofHours(1);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Their pods come back, and nothing is lost but the connections of the moment. */
    private static final Set<String> REPLACED =
            Set.of("ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController");

    private final int perMinute;
    private final Deque<Instant> last = new ArrayDeque<>();
    private final Map<String, Instant> tried = new HashMap<>();
    private final Map<String, Instant> notBefore = new HashMap<>();

    EvictionPlan(int perMinute) {
        this.perMinute = perMinute;
    }

    /** Pods without a sidecar come before those with an old one. */
    Optional<PodFacts> next(Coverage coverage, Instant now) {
        notBefore.values().removeIf(until -> !now.isBefore(until));
        last.removeIf(at -> !now.isBefore(at.plus(MINUTE)));
        if (last.size() >= perMinute) {
            return Optional.empty();
        }
        return Stream.of(State.MISSING, State.OUTDATED)
                .flatMap(state ->
                        coverage.rows().stream()
                                .filter(row -> mayLose(row, now))
                                .flatMap(row -> row.pods(state).stream()))
                .filter(pod -> REPLACED.contains(pod.controller()))
                .filter(pod -> pod.wish() == PodFacts.Wish.YES)
                .findFirst();
    }

    /** Whether evicting did no good: a pod that is younger than the last eviction lacks it too. */
    boolean inVain(Row row) {
        Instant at = tried.get(row.key());
        return at != null
                && row.pods(State.MISSING).stream().anyMatch(pod -> pod.created().isAfter(at));
    }

    void giveUp(Row row, Instant now) {
        tried.remove(row.key());
        notBefore.put(row.key(), now.plus(GIVEN_UP));
    }

    void evicted(PodFacts pod, Instant now) {
        last.addLast(now);
        tried.put(workload(pod), now);
        notBefore.put(workload(pod), now.plus(PAUSE));
    }

    /** A budget, or the server, said no for now. */
    void refused(PodFacts pod, Instant now) {
        notBefore.put(workload(pod), now.plus(PAUSE));
    }

    private boolean mayLose(Row row, Instant now) {
        Instant until = notBefore.get(row.key());
        return (until == null || !now.isBefore(until))
                && row.pods().stream().allMatch(PodFacts::ready);
    }

    private static String workload(PodFacts pod) {
        return pod.namespace() + "/" + pod.owner().kind() + "/" + pod.owner().name();
    }
}
