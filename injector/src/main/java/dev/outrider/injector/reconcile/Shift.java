package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.injector.reconcile.Duties.Charge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The controllers of one replica for as long as it leads. */
final class Shift implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LATER = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final Charge charge;
    private final BooleanSupplier leads;
    private final InstantSource clock;
    private final PodBook pods;
    private final MeshConfigMaps configMaps;
    private final TrustSeed trustSeed;
    private final ServiceLabels services;
    private final CoverageReport report;
    private final Evictor evictor;
    private final Runnable onNamespaces;
    private final Runnable onTrust;
    private final List<Loop> loops;
    private final Loop trustLoop;
    private final Loop meshLoop;
    private final Loop serviceLoop;
    private final Loop coverageLoop;
    private final Loop reviewLoop;

    /** Where pods asked for a sidecar at the last look. Only {@link #coverageLoop}'s thread. */
    private Set<String> wanted = Set.of();

    Shift(
            KubeApi api,
            Cluster cluster,
            Charge charge,
            Mirror.Pace pace,
            BooleanSupplier leads,
            Duties.Figures figures,
            InstantSource clock) {
        this.cluster = cluster;
        this.charge = charge;
        this.leads = leads;
        this.clock = clock;
        Journal journal = new Journal(api, charge.instance(), clock);
        report = new CoverageReport(journal);
        evictor =
                new Evictor(
                        api,
                        new EvictionPlan(charge.evictPerMinute()),
                        journal,
                        figures.evictions());
        trustSeed = new TrustSeed(api, charge.trustConfigMap(), charge.trustBundle());
        trustLoop = new Loop("the webhook's caBundle", SOON, this::trust);
        meshLoop = new Loop("the mesh's configuration", LATER, this::mesh);
        serviceLoop = new Loop("labels of Services", SOON, this::label);
        coverageLoop = new Loop("pods without a sidecar", SOON, this::cover);
        reviewLoop = new Loop("pods of changed namespaces", LATER, this::review);
        pods = new PodBook(api, pace, this::wish, this::podsChanged);
        configMaps =
                new MeshConfigMaps(
                        api,
                        charge.namespace(),
                        charge.meshConfigMap(),
                        this::namespaces,
                        journal,
                        leads,
                        pace,
                        meshLoop::poke);
        services = new ServiceLabels(api, pods, journal, leads, clock, pace, serviceLoop::poke);
        loops = List.of(trustLoop, meshLoop, serviceLoop, coverageLoop, reviewLoop);
        loops.forEach(Loop::start);
        onNamespaces = this::namespacesChanged;
        onTrust = trustLoop::poke;
        cluster.onNamespaces(onNamespaces);
        cluster.onTrust(onTrust);
    }

    Map<List<String>, Double> coverage() {
        return report.figures();
    }

    boolean meshConfigValid() {
        return configMaps.valid();
    }

    /** The configuration of the injection is another one. */
    void reviewPods() {
        reviewLoop.poke();
    }

    @Override
    public void close() {
        cluster.forget(onNamespaces);
        cluster.forget(onTrust);
        loops.forEach(Loop::close);
        services.close();
        configMaps.close();
        pods.close();
    }

    private void trust() throws KubeException {
        cluster.trust().repair(charge.roots(), leads);
    }

    private void mesh() {
        if (!cluster.namespaces().synced()) {
            return;
        }
        configMaps.reconcile();
        if (pods.synced() && leads.getAsBoolean()) {
            Set<String> others = new TreeSet<>(namespaces());
            others.removeAll(cluster.namespaces().optedIn());
            trustSeed.reconcile(others, clock.instant());
        }
    }

    private void label() {
        services.reconcile();
    }

    private void review() {
        if (pods.synced()) {
            pods.review();
        }
    }

    private void cover() throws KubeException {
        if (!pods.synced() || !cluster.namespaces().synced()) {
            return;
        }
        Set<String> wanting = pods.namespacesThatWant();
        if (!wanting.equals(wanted)) {
            wanted = wanting;
            meshLoop.poke();
        }
        Coverage coverage = Coverage.of(pods.all(), charge.version().get());
        report.report(coverage);
        if (charge.evictPerMinute() > 0
                && charge.healthy().getAsBoolean()
                && leads.getAsBoolean()) {
            evictor.round(coverage, clock.instant());
        }
    }

    private Collection<String> namespaces() {
        Set<String> all = new TreeSet<>(cluster.namespaces().optedIn());
        for (String name : pods.namespacesThatWant()) {
            if (!cluster.namespaces().ending(name)) {
                all.add(name);
            }
        }
        return all;
    }

    private PodFacts.Wish wish(Map<String, @Nullable Object> pod, String namespace) {
        NamespaceBook.Facts facts = cluster.namespaces().known(namespace);
        return Wishes.of(pod, namespace, facts, charge.injector().get());
    }

    private void podsChanged() {
        serviceLoop.poke();
        coverageLoop.poke();
    }

    private void namespacesChanged() {
        meshLoop.poke();
        reviewLoop.poke();
    }
}
