package dev.outrider.sidecar;

import dev.outrider.sidecar.config.WatchStatus;
import dev.outrider.sidecar.discover.Cluster;
import dev.outrider.sidecar.discover.ClusterCounts;
import dev.outrider.sidecar.discover.DnsView;
import dev.outrider.sidecar.discover.EndpointSource;
import dev.outrider.sidecar.discover.ServiceWatch;
import dev.outrider.sidecar.forward.Service;
import dev.outrider.sidecar.listen.Detected;
import dev.outrider.sidecar.listen.Listener;
import dev.outrider.sidecar.listen.TurnedAway;
import dev.outrider.sidecar.observe.AccessLog;
import dev.outrider.sidecar.observe.Gauges;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.IdentitySource;
import dev.outrider.sidecar.tls.IdentityStatus;
import dev.outrider.sidecar.tls.Revocations;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Shows the state of long-lived parts as gauges and counters, read when they are scraped. */
final class Gauging {
    private Gauging() {}

    /** What lives as long as the process. */
    static void register(Gauges gauges, SidecarState state) {
        if (state.identities() != null) {
            identity(gauges, state.identities());
        }
        gauges.gauge(
                "outrider_ready",
                "Whether traffic may come",
                Map.of(),
                () -> state.readiness().ready() ? 1 : 0);
    }

    static void revocations(Gauges gauges, Revocations revocations) {
        gauges.gauge(
                "outrider_revoked",
                "Identities and certificates on the list of what is revoked",
                Map.of(),
                revocations::size);
        gauges.counter(
                "outrider_revoked_connections_cut",
                "Connections cut since their peer was revoked",
                Map.of(),
                revocations::cut);
    }

    /** What lives as long as a configuration is in force. */
    static void register(MeterGroup gauges, InForce now, List<Listener> listeners) {
        Destinations destinations = now.destinations();
        gauges.gauge(
                "outrider_services_configured",
                "Services that are configured, the local app among them",
                Map.of(),
                destinations::known);
        gauges.gauge(
                "outrider_services_made",
                "Those of them that are in use, or were made at once",
                Map.of(),
                () -> destinations.all().size());
        if (now.inCluster()) {
            cluster(gauges, now.cluster());
        }
        listeners.forEach(listener -> listener(gauges, listener));
        gauges.counter(
                "outrider_spans_dropped",
                "Spans that found the queue full",
                Map.of(),
                now.telemetry().spans()::dropped);
        AccessLog accessLog = now.telemetry().accessLog();
        if (accessLog != null) {
            gauges.counter(
                    "outrider_access_log_dropped",
                    "Lines that found the queue full",
                    Map.of(),
                    accessLog::dropped);
            gauges.counter(
                    "outrider_access_log_failures",
                    "Writes or openings of the access log that failed",
                    Map.of(),
                    accessLog::failedWrites);
        }
    }

    private static void cluster(MeterGroup gauges, Cluster cluster) {
        for (ServiceWatch.Status status : ServiceWatch.Status.values()) {
            gauges.gauge(
                    "outrider_kubernetes_services",
                    "Services of the cluster that are in use, by what is known of them",
                    Map.of("status", word(status)),
                    () -> cluster.all().stream().filter(it -> it.status() == status).count());
        }
        gauges.gauge(
                "outrider_kubernetes_stale",
                "Services whose endpoints are the last known ones, since the API is away",
                Map.of(),
                () -> cluster.all().stream().filter(it -> !cluster.stale(it).isEmpty()).count());
        gauges.gauge(
                "outrider_kubernetes_watches",
                "Connections by which Services are followed",
                Map.of(),
                cluster::feeds);
        ClusterCounts counts = cluster.counts();
        gauges.counter(
                "outrider_kubernetes_lists",
                "Lists of slices that were asked for, after a watch was lost too",
                Map.of(),
                counts::lists);
        gauges.counter(
                "outrider_kubernetes_failures",
                "First looks at a Service that brought no answer",
                Map.of(),
                counts::failures);
        gauges.counter(
                "outrider_kubernetes_events",
                "Changes of slices that were told",
                Map.of(),
                counts::events);
        gauges.counter(
                "outrider_kubernetes_refused",
                "Names that were not looked for, since too many are in use",
                Map.of(),
                counts::refused);
    }

    /** What lives as long as a destination is in use. */
    static void register(MeterGroup gauges, Destination each, Ticker ticker) {
        service(gauges, each.service());
        if (each.source() != null) {
            endpoints(gauges, each.service(), each.source(), ticker);
        }
    }

    /** How many configurations have exchanges under way. */
    static void snapshots(Gauges gauges, IntSupplier inUse) {
        gauges.gauge(
                "outrider_config_snapshots",
                "Configurations that exchanges run under: the one in force, and earlier ones"
                        + " whose last exchange or relayed connection is not over",
                Map.of(),
                inUse::getAsInt);
    }

    /** How the configuration file stands. */
    static void config(Gauges gauges, Supplier<WatchStatus> status) {
        gauges.gauge(
                "outrider_config_last_reload_successful",
                "Whether the file as it stands is what is in force",
                Map.of(),
                () -> status.get().current() ? 1 : 0);
        gauges.gauge(
                "outrider_config_last_reload_success_timestamp_seconds",
                "When what is in force came into force",
                Map.of(),
                () -> status.get().activeSince().toEpochMilli() / 1e3);
        gauges.gauge(
                "outrider_config_hash",
                "The first 48 bits of the SHA-256 of what is in force",
                Map.of(),
                () -> Long.parseLong(status.get().activeHash().substring(0, 12), 16));
        gauges.counter(
                "outrider_config_reloads",
                "Changed files, by what became of them",
                Map.of("result", "ok"),
                () -> status.get().reloads());
        gauges.counter(
                "outrider_config_reloads",
                "Changed files, by what became of them",
                Map.of("result", "refused"),
                () -> status.get().refusals());
    }

    private static void service(MeterGroup gauges, Service service) {
        Map<String, String> tags = Map.of("service", service.name());
        gauges.gauge(
                "outrider_bulkhead_taken",
                "Calls under way",
                tags,
                () -> service.bulkhead().taken());
        gauges.gauge(
                "outrider_bulkhead_waiting",
                "Calls waiting for a place",
                tags,
                () -> service.bulkhead().waiting());
        gauges.gauge(
                "outrider_connections_open",
                "Connections to the service",
                tags,
                service::openConnections);
        gauges.gauge(
                "outrider_connections_idle",
                "Connections to the service that no call uses",
                tags,
                service::idleConnections);
        gauges.gauge(
                "outrider_retry_budget_left",
                "Retries the budget allows now",
                tags,
                () -> service.budget().left());
        gauges.counter(
                "outrider_bulkhead_refused",
                "Calls that found neither a place nor a place to wait",
                tags,
                () -> service.bulkhead().refused());
        gauges.counter(
                "outrider_retry_budget_refused",
                "Retries that the budget did not allow",
                tags,
                () -> service.budget().refused());
        gauges.counter(
                "outrider_ejections",
                "Endpoints set aside",
                tags,
                () -> service.outliers().ejected());
        CircuitBreaker breaker = service.breaker();
        if (breaker != null) {
            gauges.gauge(
                    "outrider_breaker_state",
                    "0 closed, 1 half open, 2 open; forced states count as what they force",
                    tags,
                    () -> number(breaker.state()));
            gauges.counter(
                    "outrider_breaker_opened",
                    "Times the breaker opened",
                    tags,
                    () -> breaker.counts().opened());
        }
    }

    private static void endpoints(
            MeterGroup gauges, Service service, EndpointSource source, Ticker ticker) {
        Map<String, String> tags = Map.of("service", service.name());
        gauges.gauge(
                "outrider_endpoints",
                "Endpoints known",
                tags,
                () -> service.members().all().size());
        gauges.gauge(
                "outrider_endpoints_panic",
                "Whether so many endpoints are bad that all are used",
                tags,
                () -> service.members().panicking(ticker.nanos()) ? 1 : 0);
        if (source.lookups().isEmpty()) {
            return;
        }
        gauges.counter(
                "outrider_dns_answers",
                "Answers to look-ups of the service's names, that there is none included",
                tags,
                () -> source.lookups().stream().mapToLong(DnsView::answers).sum());
        gauges.counter(
                "outrider_dns_failures",
                "Look-ups of the service's names that brought no answer",
                tags,
                () -> source.lookups().stream().mapToLong(DnsView::failures).sum());
        gauges.gauge(
                "outrider_dns_stale",
                "Names whose addresses are older than their lifetime, since look-ups fail",
                tags,
                () -> source.lookups().stream().filter(DnsView::stale).count());
    }

    private static int number(BreakerState state) {
        return switch (state) {
            case BreakerState.Closed _, BreakerState.ForcedClosed _ -> 0;
            case BreakerState.HalfOpen _ -> 1;
            case BreakerState.Open _, BreakerState.ForcedOpen _ -> 2;
        };
    }

    private static void listener(MeterGroup gauges, Listener listener) {
        Map<String, String> tags = Map.of("listener", listener.name());
        gauges.gauge(
                "outrider_downstream_connections",
                "Connections of clients",
                tags,
                listener::connections);
        gauges.counter(
                "outrider_downstream_connections_refused",
                "Connections closed because there were too many",
                tags,
                listener::refused);
        for (Detected each : Detected.values()) {
            gauges.counter(
                    "outrider_downstream_connections_detected",
                    "Connections of clients by what they were taken for",
                    Map.of("listener", listener.name(), "protocol", word(each)),
                    () -> listener.detections(each));
        }
        for (TurnedAway.Reason each : TurnedAway.Reason.values()) {
            gauges.counter(
                    "outrider_downstream_connections_turned_away",
                    "Connections closed unserved",
                    Map.of("listener", listener.name(), "reason", word(each)),
                    () -> listener.turnedAway(each));
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void identity(Gauges gauges, IdentitySource identities) {
        gauges.gauge(
                "identity_cert_expiration_timestamp_seconds",
                "When the certificate in use ends",
                Map.of(),
                () -> seconds(identities.status()));
        gauges.counter(
                "identity_cert_refresh_count",
                "Certificates taken into use after the first",
                Map.of(),
                () -> identities.status().renewals());
        gauges.gauge(
                "outrider_identity_failures",
                "Renewals that failed since the last that succeeded",
                Map.of(),
                () -> identities.status().failures());
    }

    private static double seconds(IdentityStatus status) {
        return status.notAfter() == null ? 0 : status.notAfter().getEpochSecond();
    }
}
