package dev.outrider.injector;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.LeaderElection;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.injector.metrics.Metrics;
import dev.outrider.injector.pod.InjectionConfig;
import dev.outrider.injector.reconcile.Cluster;
import dev.outrider.injector.reconcile.Duties;
import dev.outrider.injector.reconcile.NamespaceBook;
import dev.outrider.injector.settings.SettingsException;
import dev.outrider.injector.webhook.Admission;
import dev.outrider.injector.webhook.ApiServerTrust;
import dev.outrider.injector.webhook.CertificateKeeper;
import dev.outrider.injector.webhook.CertificateSource;
import dev.outrider.injector.webhook.FileCertificates;
import dev.outrider.injector.webhook.MeshCertificates;
import dev.outrider.injector.webhook.Namespaces;
import dev.outrider.injector.webhook.Rehearsal;
import dev.outrider.injector.webhook.WebhookServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One replica, put together: the webhook, what it has to know of the cluster, and the controllers
 * for when it leads.
 */
final class Injector implements AutoCloseable {
    private final Cluster cluster;
    private final CertificateKeeper keeper;
    private final Duties duties;
    private final WebhookServer server;
    private final List<Thread> threads;

    /**
     * How it runs.
     *
     * @param config of what is injected; empty for the defaults
     * @param trust the mesh's bundle, mounted
     * @param instance this replica's name, unlike every other's
     * @param evictPerMinute 0 for none at all
     */
    record Settings(
            WebhookServer.Ports ports,
            Optional<Path> config,
            String namespace,
            String instance,
            String service,
            String webhook,
            Certificate certificate,
            Path trust,
            int evictPerMinute,
            Pace pace) {
        String dnsName() {
            return service + "." + namespace + ".svc";
        }
    }

    /** Where its certificate comes from. */
    sealed interface Certificate {
        record Files(Path chain, Path key, Path roots) implements Certificate {}

        record Mesh(String serviceAccount, Path token) implements Certificate {}
    }

    /** How often things are looked at. */
    record Pace(Duration files, Mirror.Pace mirror, LeaderElection.Timing lease) {
        static final Pace DEFAULTS =
                new Pace(
                        Duration.ofSeconds(5),
                        Mirror.Pace.DEFAULTS,
                        LeaderElection.Timing.DEFAULTS);
    }

    private Injector(
            Cluster cluster,
            CertificateKeeper keeper,
            Duties duties,
            WebhookServer server,
            List<Thread> threads) {
        this.cluster = cluster;
        this.keeper = keeper;
        this.duties = duties;
        this.server = server;
        this.threads = threads;
    }

    /** Serves and works until closed. The exception's message is for the person who started it. */
    static Injector start(KubeApi api, Settings settings) throws IOException, SettingsException {
        InstantSource clock = InstantSource.system();
        InjectionFile injection = InjectionFile.open(settings.config());
        Metrics metrics = new Metrics();
        Cluster cluster = new Cluster(api, settings.webhook(), settings.pace().mirror(), clock);
        CertificateKeeper keeper =
                new CertificateKeeper(
                        certificates(settings, injection.config()), () -> trust(cluster));
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.begin(injection.injector());
        Admission admission =
                new Admission(
                        injection::injector, namespaces(cluster.namespaces()), cluster::version);
        Supplier<List<String>> unready = () -> unready(cluster, keeper, rehearsal, clock);
        WebhookServer server;
        try {
            server = WebhookServer.start(settings.ports(), admission, keeper, metrics, unready);
        } catch (IOException e) {
            cluster.close();
            keeper.close();
            throw e;
        }
        figures(metrics, keeper, injection, unready);
        Duties duties = duties(api, settings, cluster, injection, keeper, unready, metrics);
        List<Thread> threads =
                List.of(
                        keeper.start(clock, Duration.ofSeconds(1), settings.pace().files()),
                        follow(injection, duties, settings.pace().files()));
        return new Injector(cluster, keeper, duties, server, threads);
    }

    WebhookServer.Ports ports() {
        return server.ports();
    }

    /**
     * Ends without losing a call. The Lease goes first, so that another replica need not wait for
     * it while this one drains.
     */
    void drain(Duration spread, Duration drain) throws InterruptedException {
        Thread giving = Thread.ofVirtual().start(duties::close);
        server.drain(spread, drain);
        giving.join(Duration.ofSeconds(1));
        close();
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        server.close();
        duties.close();
        cluster.close();
        keeper.close();
    }

    private static CertificateSource certificates(Settings settings, InjectionConfig config) {
        return switch (settings.certificate()) {
            case Certificate.Files(Path chain, Path key, Path roots) ->
                    new FileCertificates(chain, key, roots, settings.dnsName());
            case Certificate.Mesh(String account, Path token) ->
                    new MeshCertificates(
                            new MeshCertificates.Where(
                                    config.ca(),
                                    settings.trust(),
                                    token,
                                    SpiffeId.of(
                                            config.trustDomain(), settings.namespace(), account),
                                    settings.dnsName(),
                                    settings.pace().files().multipliedBy(6)));
        };
    }

    private static Optional<ApiServerTrust.Seen> trust(Cluster cluster) {
        return cluster.trust()
                .seen()
                .map(seen -> new ApiServerTrust.Seen(seen.roots(), seen.since()));
    }

    private static Namespaces namespaces(NamespaceBook book) {
        return name -> {
            NamespaceBook.Facts facts = book.named(name);
            return new Namespaces.Namespace(facts.labels(), facts.annotations());
        };
    }

    private static List<String> unready(
            Cluster cluster, CertificateKeeper keeper, Rehearsal rehearsal, InstantSource clock) {
        List<String> unready = new ArrayList<>(cluster.unready());
        keeper.unready(clock.instant()).ifPresent(unready::add);
        if (!rehearsal.done()) {
            unready.add("the first review is rehearsed");
        }
        return unready;
    }

    /** Empty when there is none, which is so where the certificate comes from files. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static Duties duties(
            KubeApi api,
            Settings settings,
            Cluster cluster,
            InjectionFile injection,
            CertificateKeeper keeper,
            Supplier<List<String>> unready,
            Metrics metrics) {
        Duties.Charge charge =
                new Duties.Charge(
                        settings.namespace(),
                        settings.instance(),
                        injection.config().configMaps().mesh(),
                        injection.config().configMaps().trust(),
                        () -> text(settings.trust()),
                        injection::injector,
                        () -> injection.config().version(),
                        keeper::roots,
                        () -> unready.get().isEmpty(),
                        settings.evictPerMinute());
        return new Duties(
                api,
                cluster,
                charge,
                settings.pace().lease(),
                settings.pace().mirror(),
                metrics,
                InstantSource.system());
    }

    private static void figures(
            Metrics metrics,
            CertificateKeeper keeper,
            InjectionFile injection,
            Supplier<List<String>> unready) {
        metrics.gauge(
                "outrider_injector_certificate_expiry_timestamp_seconds",
                "When the webhook's certificate ends; 0 while there is none.",
                () -> keeper.notAfter().getEpochSecond());
        metrics.gauge(
                "outrider_injector_certificate_renewal_failing",
                "1 while no newer certificate can be had.",
                () -> keeper.problem().isPresent() ? 1 : 0);
        metrics.gauge(
                "outrider_injector_config_rejected",
                "1 while the file of what is injected is wrong, and the one before holds.",
                () -> injection.problem().isEmpty() ? 0 : 1);
        metrics.gauge(
                "outrider_injector_ready",
                "Whether this replica is ready.",
                () -> unready.get().isEmpty() ? 1 : 0);
    }

    private static Thread follow(InjectionFile injection, Duties duties, Duration period) {
        return Thread.ofVirtual()
                .name("configuration")
                .start(() -> {
                    try {
                        while (true) {
                            Thread.sleep(period);
                            if (injection.look()) {
                                duties.reviewPods();
                            }
                        }
                    } catch (InterruptedException e) {
                        // The end.
                    }
                });
    }
}
