package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import dev.outrider.injector.pod.PodInjector;
import dev.outrider.injector.reconcile.Coverage.Row;
import dev.outrider.injector.reconcile.Coverage.State;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The state of a cluster's mesh at one moment, for people. */
public final class ClusterStatus {
    private final Coverage coverage;
    private final List<ServiceLine> services;
    private final Optional<List<X509Certificate>> trusted;

    private record ServiceLine(ServiceFacts service, Answerer answerer) {}

    private ClusterStatus(
            Coverage coverage,
            List<ServiceLine> services,
            Optional<List<X509Certificate>> trusted) {
        this.coverage = coverage;
        this.services = services;
        this.trusted = trusted;
    }

    /**
     * @param only one namespace, or all
     */
    public static ClusterStatus read(
            KubeApi api,
            Optional<String> only,
            String webhook,
            PodInjector injector,
            String version)
            throws KubeException {
        Map<String, NamespaceBook.Facts> namespaces = new HashMap<>();
        for (Map<String, @Nullable Object> each :
                api.list(Resource.NAMESPACES.all(), Selector.ALL).items()) {
            namespaces.put(Fields.name(each), NamespaceBook.Facts.of(each));
        }
        List<PodFacts> pods = new ArrayList<>();
        for (Map<String, @Nullable Object> pod :
                list(api, Resource.PODS, only, PodFacts::trimmed)) {
            String namespace = Fields.namespace(pod);
            NamespaceBook.Facts facts =
                    namespaces.getOrDefault(namespace, new NamespaceBook.Facts(Map.of(), Map.of()));
            pods.add(PodFacts.of(pod, Wishes.of(pod, namespace, facts, injector)));
        }
        List<ServiceLine> services = new ArrayList<>();
        for (Map<String, @Nullable Object> each :
                list(api, Resource.SERVICES, only, ServiceFacts::trimmed)) {
            ServiceFacts service = ServiceFacts.of(each);
            boolean meshed =
                    pods.stream()
                            .anyMatch(pod -> pod.sidecar().isPresent() && service.selects(pod));
            if (meshed || service.label().isPresent()) {
                services.add(new ServiceLine(service, Answerer.of(service, pods)));
            }
        }
        return new ClusterStatus(
                Coverage.of(pods, version),
                services,
                api.find(Resource.MUTATING_WEBHOOKS.named(webhook)).map(CaBundle::trusted));
    }

    /** Whether every pod that should have a sidecar has one, and the webhook can be called. */
    public boolean complete() {
        return trusted.isPresent()
                && !trusted.get().isEmpty()
                && coverage.rows().stream().allMatch(row -> row.count(State.MISSING) == 0);
    }

    public String text(Instant now) {
        StringBuilder text = new StringBuilder();
        text.append(workloads()).append('\n');
        if (!services.isEmpty()) {
            text.append(serviceTable()).append('\n');
        }
        text.append(webhook(now));
        return text.toString();
    }

    private String workloads() {
        if (coverage.rows().isEmpty()) {
            return "No pod has a sidecar or should have one. Opt in: kubectl label namespace NAME"
                    + " outrider.dev/inject=enabled\n";
        }
        Table table =
                new Table("NAMESPACE", "WORKLOAD", "PODS", "MESHED", "OUTDATED", "MISSING", "MEND");
        for (Row row : coverage.rows()) {
            boolean whole = row.count(State.MESHED) == row.pods().size();
            table.row(
                    row.namespace(),
                    row.owner().kind() + "/" + row.owner().name(),
                    String.valueOf(row.pods().size()),
                    String.valueOf(row.count(State.MESHED)),
                    String.valueOf(row.count(State.OUTDATED)),
                    String.valueOf(row.count(State.MISSING)),
                    whole ? "" : row.mend());
        }
        return table.toString();
    }

    private String serviceTable() {
        Table table = new Table("NAMESPACE", "SERVICE", "ANSWERED BY", "REMARK");
        for (ServiceLine line : services) {
            table.row(
                    line.service().namespace(),
                    line.service().name(),
                    line.service().label().orElse("-"),
                    switch (line.answerer()) {
                        case Answerer.One(String account) ->
                                line.service().label().equals(Optional.of(account))
                                        ? ""
                                        : "its pods are of " + account;
                        case Answerer.NoOne(String why) -> why;
                        case Answerer.Most(String _, String why) -> why;
                        case Answerer.Unsettled(String why) -> why;
                    });
        }
        return table.toString();
    }

    private String webhook(Instant now) {
        if (trusted.isEmpty()) {
            return "The webhook's configuration is not there: no pod is injected.\n";
        }
        List<X509Certificate> good =
                trusted.get().stream()
                        .filter(root -> now.isBefore(root.getNotAfter().toInstant()))
                        .toList();
        if (good.isEmpty()) {
            return "The webhook's caBundle holds no root that is good for all its entries: calls"
                    + " fail.\n";
        }
        StringBuilder text = new StringBuilder("The API server trusts for the webhook:\n");
        for (X509Certificate root : good) {
            text.append("  ")
                    .append(root.getSubjectX500Principal().getName())
                    .append(", until ")
                    .append(root.getNotAfter().toInstant())
                    .append('\n');
        }
        return text.toString();
    }

    private static List<Map<String, @Nullable Object>> list(
            KubeApi api,
            Resource resource,
            Optional<String> only,
            UnaryOperator<Map<String, @Nullable Object>> trim)
            throws KubeException {
        String path = only.map(resource::in).orElseGet(resource::all);
        return api.list(path, Selector.ALL, trim).items();
    }
}
