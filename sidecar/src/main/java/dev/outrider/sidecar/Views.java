package dev.outrider.sidecar;

import dev.outrider.certs.TrustBundle;
import dev.outrider.sidecar.admin.AdminViews;
import dev.outrider.sidecar.admin.BreakerSwitches;
import dev.outrider.sidecar.admin.CertificateView;
import dev.outrider.sidecar.admin.EdgeView;
import dev.outrider.sidecar.admin.KubernetesView;
import dev.outrider.sidecar.admin.Lifecycle;
import dev.outrider.sidecar.admin.ListenerView;
import dev.outrider.sidecar.admin.LogLevels;
import dev.outrider.sidecar.admin.ServerInfo;
import dev.outrider.sidecar.admin.ServiceView;
import dev.outrider.sidecar.admin.ServicesView;
import dev.outrider.sidecar.aside.MetricsView;
import dev.outrider.sidecar.auth.keys.ApiKeys;
import dev.outrider.sidecar.auth.keys.KeyDesk;
import dev.outrider.sidecar.auth.keys.KeyOperations;
import dev.outrider.sidecar.auth.keys.KeyStore;
import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.config.ConfigDump;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ServiceWatch;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.limit.LimitState;
import dev.outrider.sidecar.observe.Metrics;
import dev.outrider.sidecar.redis.Redis;
import dev.outrider.sidecar.resilience.BreakerCounts;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.IdentitySource;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The sidecar's state as the admin port shows it. */
final class Views {
    private Views() {}

    static AdminViews of(SidecarState state, Lifecycle lifecycle, Ticker ticker) {
        return new AdminViews(
                () -> true,
                state::readiness,
                accept -> page(state.metrics(), accept),
                () -> ConfigDump.json(state.file().tree()),
                () -> services(state, ticker),
                () -> kubernetes(state.cluster()),
                () -> listeners(state),
                () -> certificates(state),
                () -> info(state),
                new Switches(state),
                new Levels(dev.outrider.sidecar.observe.LogLevels.ofProcess()),
                lifecycle,
                edge(state));
    }

    /** Null for a sidecar, which a running process cannot cease to be. */
    private static @Nullable EdgeView edge(SidecarState state) {
        LimitState limits = state.limits();
        return limits == null
                ? null
                : new EdgeView(
                        () -> keys(state),
                        () -> state.door().callers().tokenDesk(state.clock()),
                        () -> state.door().limits(),
                        limits::counts,
                        () -> {
                            Redis redis = state.door().redis();
                            return redis == null ? null : redis.status();
                        });
    }

    private static @Nullable KeyDesk keys(SidecarState state) {
        KeyStore store = state.door().callers().store();
        ApiKeys keys = state.door().callers().auth().keys();
        return store == null || keys == null
                ? null
                : new KeyDesk(
                        new KeyOperations(
                                store, state.clock(), state.secureRandom(), keys::refresh),
                        state.clock());
    }

    static MetricsView.Page page(Metrics metrics, String accept) {
        Metrics.Scrape scrape = metrics.scrape(accept);
        return new MetricsView.Page(scrape.contentType(), scrape.body());
    }

    private static ServicesView services(SidecarState state, Ticker ticker) {
        long now = ticker.nanos();
        List<ServiceView> made =
                state.services().stream()
                        .map(service ->
                                new ServiceView(
                                        service.name(),
                                        service.bulkhead().taken(),
                                        service.bulkhead().waiting(),
                                        state.discovery(service.name()),
                                        service.members().all().stream()
                                                .map(member -> endpoint(service, member, now))
                                                .toList()))
                        .toList();
        return new ServicesView(made, Math.max(0, state.knownServices() - made.size()));
    }

    private static KubernetesView kubernetes(Cluster cluster) {
        return new KubernetesView(
                String.valueOf(cluster.config().namespace()),
                Objects.requireNonNullElse(cluster.config().zone(), ""),
                cluster.feeds(),
                cluster.all().stream().map(each -> known(cluster, each)).toList());
    }

    private static KubernetesView.KnownService known(Cluster cluster, ServiceWatch watch) {
        String stale = cluster.stale(watch);
        String status =
                switch (watch.status()) {
                    case KNOWN -> watch.meshed() ? "meshed" : watch.absent() ? "absent" : "plain";
                    case UNKNOWN, DENIED, AWAY -> watch.status().name().toLowerCase(Locale.ROOT);
                };
        return new KubernetesView.KnownService(
                watch.name().toString(),
                status,
                String.join(", ", watch.accounts()),
                watch.pods(),
                stale.isEmpty()
                        ? watch.problem()
                        : "not followed just now, the last known: " + stale);
    }

    private static ServiceView.EndpointView endpoint(Service service, Member member, long now) {
        return new ServiceView.EndpointView(
                member.address(),
                member.weight(),
                member.healthy() ? "healthy" : "unhealthy",
                member.ejected(now),
                member.inFlight(),
                member.latencyNanos(now) / 1e6,
                service.openConnections(member),
                service.idleConnections(member));
    }

    private static List<ListenerView> listeners(SidecarState state) {
        return state.listeners().stream()
                .map(each ->
                        new ListenerView(
                                each.name(),
                                each.address().getHostString() + ":" + each.address().getPort(),
                                state.draining() ? "draining" : "open",
                                each.connections()))
                .toList();
    }

    private static List<CertificateView> certificates(SidecarState state) {
        IdentitySource identities = state.identities();
        if (identities == null || identities.peek() == null) {
            return List.of();
        }
        Identity identity = identities.current();
        List<CertificateView> views = new ArrayList<>();
        String text = identities.status().describe(state.now());
        views.add(view("identity", identity.svid().leaf(), identity.id().toString(), text));
        TrustBundle bundle = identity.bundle();
        for (X509Certificate root : bundle.roots()) {
            String subject = root.getSubjectX500Principal().getName();
            views.add(view("trust", root, subject, "root of " + bundle.trustDomain()));
        }
        return views;
    }

    private static CertificateView view(
            String role, X509Certificate certificate, String subject, String state) {
        return new CertificateView(
                role,
                subject,
                certificate.getIssuerX500Principal().getName(),
                certificate.getSerialNumber().toString(16),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                state);
    }

    private static ServerInfo info(SidecarState state) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("name", state.config().name());
        details.put("namespace", state.config().namespace());
        details.put("java", Runtime.version().toString());
        details.putAll(state.details());
        return new ServerInfo(
                Version.text(),
                state.config().profile().name().toLowerCase(java.util.Locale.ROOT),
                state.draining() ? "draining" : state.readiness().ready() ? "ready" : "starting",
                state.startedAt(),
                Duration.between(state.startedAt(), state.now()),
                details);
    }

    private record Switches(SidecarState state) implements BreakerSwitches {
        @Override
        public List<BreakerView> list() {
            List<BreakerView> views = new ArrayList<>();
            for (Service service : state.services()) {
                CircuitBreaker breaker = service.breaker();
                if (breaker != null) {
                    BreakerCounts counts = breaker.counts();
                    views.add(
                            new BreakerView(
                                    breaker.name(),
                                    word(breaker.state()),
                                    counts.succeeded() + counts.failed(),
                                    counts.failed(),
                                    counts.refused()));
                }
            }
            return views;
        }

        @Override
        public boolean change(String name, Action action) {
            Service service = state.service(name);
            CircuitBreaker breaker = service == null ? null : service.breaker();
            if (breaker == null) {
                return false;
            }
            switch (action) {
                case FORCE_OPEN -> breaker.forceOpen();
                case FORCE_CLOSE -> breaker.forceClose();
                case RESET -> breaker.reset();
            }
            return true;
        }
    }

    private record Levels(dev.outrider.sidecar.observe.LogLevels process) implements LogLevels {
        @Override
        public Map<String, String> levels() {
            return process.levels();
        }

        @Override
        public void set(String logger, String level) {
            process.set(logger, level);
        }
    }

    static String word(BreakerState state) {
        return switch (state) {
            case BreakerState.Closed _ -> "closed";
            case BreakerState.Open _ -> "open";
            case BreakerState.HalfOpen _ -> "half-open";
            case BreakerState.ForcedOpen _ -> "forced-open";
            case BreakerState.ForcedClosed _ -> "forced-closed";
        };
    }
}
