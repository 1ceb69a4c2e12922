package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Direction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of an exchange's label set: packed code, service, peer's id (at the edge,
 * where nobody has one, the route), reason. Labels and names are Istio's and OpenTelemetry's, so
 * existing dashboards work.
 */
final class ExchangeSeriesMaker implements SeriesTable.Maker<ExchangeSeries> {
    static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Workload workload;
    private final Function<String, @Nullable SpiffeId> identities;

    ExchangeSeriesMaker(
            MeterRegistry registry,
            Workload workload,
            Function<String, @Nullable SpiffeId> identities) {
        this.registry = registry;
        this.workload = workload;
        this.identities = identities;
    }

    @Override
    public int coarse(int code) {
        return ExchangeSeries.coarse(code);
    }

    @Override
    public ExchangeSeries make(
            int code, @Nullable Object service, @Nullable Object peer, @Nullable Object reason) {
        boolean other = ExchangeSeries.isCoarse(code);
        String name = service == null ? null : (String) service;
        SpiffeId id = peer instanceof SpiffeId spiffe ? spiffe : null;
        Tags tags = other ? otherTags(code) : tags(code, name, id);
        return new ExchangeSeries(
                Counter.builder("istio_requests")
                        .description("Requests by their outcome")
                        .tags(tags)
                        .register(registry),
                summary("istio_request_duration_milliseconds", "Time of whole requests", tags)
                        .serviceLevelObjectives(Buckets.MILLIS)
                        .register(registry),
                summary("istio_request_bytes", "Bytes of request bodies", tags)
                        .serviceLevelObjectives(Buckets.BYTES)
                        .register(registry),
                summary("istio_response_bytes", "Bytes of response bodies", tags)
                        .serviceLevelObjectives(Buckets.BYTES)
                        .register(registry),
                ExchangeSeries.direction(code) == Direction.OUTBOUND
                        ? null
                        : server(code, other, peer, (String) reason));
    }

    private static DistributionSummary.Builder summary(String name, String help, Tags tags) {
        return DistributionSummary.builder(name).description(help).tags(tags);
    }

    private Timer server(int code, boolean other, @Nullable Object peer, @Nullable String reason) {
        int status = ExchangeSeries.status(code);
        Tags tags =
                other
                        ? Tags.of(
                                "http_request_method",
                                "_OTHER",
                                "url_scheme",
                                SeriesTable.OTHER,
                                "http_response_status_code",
                                SeriesTable.OTHER,
                                "error_type",
                                SeriesTable.OTHER)
                        : Tags.of(
                                "http_request_method",
                                ExchangeSeries.method(code),
                                "url_scheme",
                                ExchangeSeries.tls(code) ? "https" : "http",
                                "http_response_status_code",
                                status == 0 ? "" : Integer.toString(status),
                                "error_type",
                                Metrics.errorType(status, reason, 500));
        boolean edge = ExchangeSeries.direction(code) == Direction.EDGE;
        return Timer.builder("http.server.request.duration")
                .description("Duration of HTTP server requests")
                .tags(edge ? tags.and("http_route", peer instanceof String it ? it : "") : tags)
                .tag("outrider_direction", Metrics.word(ExchangeSeries.direction(code)))
                .serviceLevelObjectives(Buckets.SECONDS)
                .register(registry);
    }

    private Tags tags(int code, @Nullable String service, @Nullable SpiffeId peer) {
        boolean inbound = ExchangeSeries.direction(code) == Direction.INBOUND;
        SpiffeId remote = inbound ? peer : service == null ? null : identities.apply(service);
        Tags common =
                Tags.of(
                        "reporter",
                        inbound ? "destination" : "source",
                        "request_protocol",
                        ExchangeSeries.protocol(code),
                        "response_code",
                        Integer.toString(ExchangeSeries.status(code)),
                        "grpc_response_status",
                        ExchangeSeries.grpcStatus(code),
                        "response_flags",
                        ExchangeSeries.flags(code),
                        "connection_security_policy",
                        inbound ? (peer == null ? "none" : "mutual_tls") : UNKNOWN,
                        "destination_service",
                        service != null ? service : inbound ? workload.name() : UNKNOWN);
        Tags local = side(inbound ? "destination" : "source", workload);
        return common.and(local).and(side(inbound ? "source" : "destination", named(remote)));
    }

    private static Tags otherTags(int code) {
        boolean inbound = ExchangeSeries.direction(code) == Direction.INBOUND;
        Workload other = new Workload(SeriesTable.OTHER, SeriesTable.OTHER, SeriesTable.OTHER);
        return Tags.of(
                        "reporter",
                        inbound ? "destination" : "source",
                        "request_protocol",
                        SeriesTable.OTHER,
                        "response_code",
                        SeriesTable.OTHER,
                        "grpc_response_status",
                        SeriesTable.OTHER,
                        "response_flags",
                        SeriesTable.OTHER,
                        "connection_security_policy",
                        SeriesTable.OTHER,
                        "destination_service",
                        SeriesTable.OTHER)
                .and(side("source", other))
                .and(side("destination", other));
    }

    /** The workload an identity stands for. */
    static Workload named(@Nullable SpiffeId id) {
        if (id == null) {
            return new Workload(UNKNOWN, UNKNOWN, null);
        }
        String account = id.serviceAccount();
        String namespace = id.namespace();
        return new Workload(
                account == null ? UNKNOWN : account,
                namespace == null ? UNKNOWN : namespace,
                id.toString());
    }

    /** The labels of one end of a hop. */
    static Tags side(String side, Workload workload) {
        return Tags.of(
                side + "_workload",
                workload.name(),
                side + "_workload_namespace",
                workload.namespace(),
                side + "_principal",
                Objects.requireNonNullElse(workload.principal(), UNKNOWN));
    }
}
