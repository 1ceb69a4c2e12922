package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.injector.metrics.Counter;
import dev.outrider.injector.reconcile.Coverage.Row;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evicts, by {@code policy/v1}, so that PodDisruptionBudgets hold. One thread. Nothing is evicted
 * while this replica's own webhook would not be believed: the new pod would lack its sidecar too.
 */
final class Evictor {
    private static final Logger LOG = LoggerFactory.getLogger(Evictor.class);

    private final KubeApi api;
    private final EvictionPlan plan;
    private final Journal journal;
    private final Counter evictions;

    Evictor(KubeApi api, EvictionPlan plan, Journal journal, Counter evictions) {
        this.api = api;
        this.plan = plan;
        this.journal = journal;
        this.evictions = evictions;
        evictions.add(0, "evicted");
        evictions.add(0, "refused");
    }

    void round(Coverage coverage, Instant now) throws KubeException {
        for (Row row : coverage.rows()) {
            if (plan.inVain(row)) {
                plan.giveUp(row, now);
                LOG.error(
                        "{}: the pod that came for an evicted one has no sidecar either; it is left"
                                + " alone for an hour. Is the webhook called? See /ready",
                        row.key());
            }
        }
        Optional<PodFacts> next = plan.next(coverage, now);
        if (next.isPresent()) {
            evict(next.get(), now);
        }
    }

    private void evict(PodFacts pod, Instant now) throws KubeException {
        try {
            api.create(
                    Resource.PODS.named(pod.namespace(), pod.name()) + "/eviction",
                    Map.of(
                            "apiVersion",
                            "policy/v1",
                            "kind",
                            "Eviction",
                            "metadata",
                            Map.of("name", pod.name(), "namespace", pod.namespace()),
                            "deleteOptions",
                            Map.of("preconditions", Map.of("uid", pod.uid()))));
        } catch (KubeException e) {
            plan.refused(pod, now);
            if (e.notFound() || e.conflict()) {
                return; // gone, or another pod of that name by now
            }
            if (e.status() == 429) {
                evictions.increment("refused");
                LOG.info("{} is not evicted for now: {}", pod.key(), e.getMessage());
                return;
            }
            throw e;
        }
        plan.evicted(pod, now);
        evictions.increment("evicted");
        String why =
                pod.sidecar().isPresent()
                        ? "its sidecar is of version " + pod.sidecar().get()
                        : "it has no sidecar and should";
        LOG.info("{} evicted: {}", pod.key(), why);
        journal.normal(pod.about(), "SidecarEviction", "evicted: " + why);
    }
}
