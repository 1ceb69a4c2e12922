package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.injector.metrics.Counter;
import dev.outrider.injector.metrics.Metrics;
import dev.outrider.injector.pod.PodInjector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the controllers while this replica holds the Lease, and only then. */
public final class Duties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Duties.class);

    private final KubeApi api;
    private final Cluster cluster;
    private final Charge charge;
    private final Mirror.Pace pace;
    private final InstantSource clock;
    private final Figures figures;
    private final LeaderElection election;
    private final Loop supervision;
    private volatile @Nullable Shift shift;

    /**
     * What the controllers have to do.
     *
     * @param namespace the control plane's
     * @param instance this replica's name
     * @param meshConfigMap the ConfigMap that is copied
     * @param trustConfigMap the one with the trust bundle, which the authority keeps
     * @param trustBundle what it holds, as far as it is known here; else empty
     * @param injector decides which pods should have a sidecar
     * @param version what a sidecar of today says of itself
     * @param roots what the API server has to trust
     * @param healthy whether the webhook would be believed just now
     * @param evictPerMinute 0 for none at all
     */
    public record Charge(
            String namespace,
            String instance,
            String meshConfigMap,
            String trustConfigMap,
            Supplier<String> trustBundle,
            Supplier<PodInjector> injector,
            Supplier<String> version,
            Supplier<List<X509Certificate>> roots,
            BooleanSupplier healthy,
            int evictPerMinute) {}

    /** What outlives a shift. */
    record Figures(Counter evictions) {}

    public Duties(
            KubeApi api,
            Cluster cluster,
            Charge charge,
            LeaderElection.Timing timing,
            Mirror.Pace pace,
            Metrics metrics,
            InstantSource clock) {
        this.api = api;
        this.cluster = cluster;
        this.charge = charge;
        this.pace = pace;
        this.clock = clock;
        this.figures = figures(metrics);
        this.election =
                LeaderElection.start(
                        api,
                        charge.namespace(),
                        "outrider-injector",
                        charge.instance(),
                        timing,
                        clock);
        this.supervision = new Loop("leadership", Duration.ofMillis(500), this::supervise).start();
    }

    /** The configuration of the injection is another one. */
    public void reviewPods() {
        Shift now = shift;
        if (now != null) {
            now.reviewPods();
        }
    }

    @Override
    public void close() {
        supervision.close();
        end();
        election.close();
    }

    private void supervise() {
        if (election.leads() && shift == null) {
            LOG.info("{} runs the controllers", charge.instance());
            shift = new Shift(api, cluster, charge, pace, election::leads, figures, clock);
        } else if (!election.leads() && shift != null) {
            LOG.warn("{} lost the Lease and stops its controllers", charge.instance());
            end();
        }
    }

    private void end() {
        Shift last = shift;
        shift = null;
        if (last != null) {
            last.close();
        }
    }

    private Figures figures(Metrics metrics) {
        metrics.gauge(
                "outrider_injector_leader",
                "1 at the replica that runs the controllers.",
                () -> shift == null ? 0 : 1);
        metrics.gauges(
                "outrider_injector_pods",
                "Pods that should be meshed, by how they stand; at the leader only.",
                List.of("namespace", "state"),
                () -> {
                    Shift now = shift;
                    return now == null ? Map.of() : now.coverage();
                });
        metrics.gauges(
                "outrider_injector_mesh_config_valid",
                "0 while the ConfigMap that is copied is missing or broken; at the leader only.",
                List.of(),
                () -> {
                    Shift now = shift;
                    return now == null
                            ? Map.of()
                            : Map.of(List.of(), now.meshConfigValid() ? 1.0 : 0.0);
                });
        return new Figures(
                metrics.counter(
                        "outrider_injector_evictions_total",
                        "Pods evicted for want of a sidecar, or refused by a budget.",
                        "result"));
    }
}
