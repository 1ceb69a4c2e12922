package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeApi.PatchType;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import dev.outrider.injector.reconcile.LabelTenure.Step;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets on each Service the label that says who answers for it, which its EndpointSlices repeat and
 * callers believe: to set it wrongly is to break calls. A label that somebody wrote by hand stays.
 * One thread.
 */
final class ServiceLabels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceLabels.class);

    private final KubeApi api;
    private final PodBook pods;
    private final Journal journal;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final Mirror mirror;
    private final Map<String, LabelTenure> tenures = new HashMap<>();
    private final Map<String, String> problems = new HashMap<>();

    /**
     * @param changed told after each change, on the mirror's thread
     */
    ServiceLabels(
            KubeApi api,
            PodBook pods,
            Journal journal,
            BooleanSupplier leads,
            InstantSource clock,
            Mirror.Pace pace,
            Runnable changed) {
        this.api = api;
        this.pods = pods;
        this.journal = journal;
        this.leads = leads;
        this.clock = clock;
        this.mirror =
                Mirror.start(
                        api,
                        Resource.SERVICES.all(),
                        Selector.ALL,
                        pace,
                        ServiceFacts::trimmed,
                        _ -> changed.run());
    }

    void reconcile() {
        if (!mirror.synced() || !pods.synced()) {
            return;
        }
        Map<String, List<PodFacts>> byNamespace = pods.byNamespace();
        Set<String> there = new HashSet<>();
        for (Map<String, @Nullable Object> object : mirror.objects()) {
            ServiceFacts service = ServiceFacts.of(object);
            if (!service.selector().isEmpty()) {
                there.add(service.key());
                look(service, byNamespace.getOrDefault(service.namespace(), List.of()));
            }
        }
        tenures.keySet().retainAll(there);
        problems.keySet().retainAll(there);
    }

    @Override
    public void close() {
        mirror.close();
    }

    private void look(ServiceFacts service, Collection<PodFacts> members) {
        Instant now = clock.instant();
        Answerer answerer = Answerer.of(service, members);
        LabelTenure tenure =
                tenures.getOrDefault(service.key(), LabelTenure.NEW).looked(answerer, now);
        tenures.put(service.key(), tenure);
        Step step = tenure.step(answerer, service.label(), now);
        if (step instanceof Step.Keep || !leads.getAsBoolean()) {
            return;
        }
        if (service.label().isPresent() && !service.ours()) {
            foreign(service, step);
            return;
        }
        try {
            change(service, step);
            tenures.put(service.key(), tenure.changedAt(now));
            problems.remove(service.key());
        } catch (KubeException e) {
            String message = String.valueOf(e.getMessage());
            // A conflict or a Service that is gone: the mirror will say so in a moment.
            if (!e.conflict()
                    && !e.notFound()
                    && !message.equals(problems.put(service.key(), message))) {
                LOG.warn("Service {} keeps its label: {}", service.key(), message);
            }
        }
    }

    private void change(ServiceFacts service, Step step) throws KubeException {
        switch (step) {
            case Step.Keep() -> {}
            case Step.Set(String account) -> {
                patch(service, account, ServiceFacts.US);
                LOG.info("Service {} is answered by service account {}", service.key(), account);
                journal.normal(
                        service.about(),
                        "Meshed",
                        "all its pods have a sidecar; callers in the mesh expect "
                                + account
                                + " over mutual TLS");
            }
            case Step.Remove(String why) -> {
                patch(service, null, null);
                LOG.warn("Service {} is no longer called over mutual TLS: {}", service.key(), why);
                journal.warning(
                        service.about(),
                        "NotMeshed",
                        why + "; callers in the mesh call it in plain text");
            }
        }
    }

    /** The version goes along, so that what was decided for is what is changed. */
    private void patch(ServiceFacts service, @Nullable String label, @Nullable String by)
            throws KubeException {
        Map<String, @Nullable Object> labels = new LinkedHashMap<>();
        labels.put(ServiceFacts.LABEL, label);
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        annotations.put(ServiceFacts.BY, by);
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", service.resourceVersion());
        metadata.put("labels", labels);
        metadata.put("annotations", annotations);
        api.patch(
                Resource.SERVICES.named(service.namespace(), service.name()),
                PatchType.MERGE,
                Map.of("metadata", metadata));
    }

    private void foreign(ServiceFacts service, Step step) {
        String shown =
                switch (step) {
                    case Step.Set(String account) -> "its pods are of service account " + account;
                    case Step.Remove(String why) -> why;
                    case Step.Keep() -> "";
                };
        String note =
                "the label "
                        + ServiceFacts.LABEL
                        + "="
                        + service.label().orElse("")
                        + " was written by hand and is left, but "
                        + shown
                        + "; calls over mutual TLS fail. Take the label away to have it kept";
        if (!note.equals(problems.put(service.key(), note))) {
            LOG.warn("Service {}: {}", service.key(), note);
            journal.warning(service.about(), "LabelWrong", note);
        }
    }
}
