package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpFlow;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers Istio's counters of relayed connections for a packed code, a service and a peer's id.
 * The code from the low bits: direction 2, kind 2, flag 6. What is counted while a connection lives
 * has no flag yet.
 */
final class TcpCounterMaker implements SeriesTable.Maker<Counter> {
    static final int OPENED = 0;
    static final int CLOSED = 1;
    static final int SENT = 2;
    static final int RECEIVED = 3;

    private record Kind(String name, String help) {}

    private static final Kind[] KINDS = {
        new Kind("istio_tcp_connections_opened", "TCP connections opened"),
        new Kind("istio_tcp_connections_closed", "TCP connections closed"),
        new Kind("istio_tcp_sent_bytes", "Bytes sent to clients of TCP connections"),
        new Kind("istio_tcp_received_bytes", "Bytes received from clients of TCP connections"),
    };
    private static final ResponseFlag[] FLAGS = ResponseFlag.values();

    private final MeterRegistry registry;
    private final Workload workload;
    private final Function<String, @Nullable SpiffeId> identities;

    TcpCounterMaker(
            MeterRegistry registry,
            Workload workload,
            Function<String, @Nullable SpiffeId> identities) {
        this.registry = registry;
        this.workload = workload;
        this.identities = identities;
    }

    static int code(int kind, TcpFlow flow) {
        Failure failure = flow.failure();
        return flow.connection().direction().ordinal()
                | kind << 2
                | ResponseFlag.of(failure).ordinal() << 4;
    }

    @Override
    public int coarse(int code) {
        return code & 15;
    }

    @Override
    public Counter make(
            int code, @Nullable Object service, @Nullable Object peer, @Nullable Object other) {
        Kind kind = KINDS[code >> 2 & 3];
        return Counter.builder(kind.name)
                .description(kind.help)
                .tags(
                        SeriesTable.OTHER.equals(other)
                                ? otherTags(code)
                                : tags(code, (String) service, (SpiffeId) peer))
                .register(registry);
    }

    private Tags tags(int code, @Nullable String service, @Nullable SpiffeId peer) {
        boolean inbound = inbound(code);
        SpiffeId remote = inbound ? peer : service == null ? null : identities.apply(service);
        String policy = peer == null ? "none" : "mutual_tls";
        return common(
                        code,
                        FLAGS[code >> 4].letters(false),
                        inbound ? policy : ExchangeSeriesMaker.UNKNOWN,
                        service != null
                                ? service
                                : inbound ? workload.name() : ExchangeSeriesMaker.UNKNOWN)
                .and(ExchangeSeriesMaker.side(inbound ? "destination" : "source", workload))
                .and(
                        ExchangeSeriesMaker.side(
                                inbound ? "source" : "destination",
                                ExchangeSeriesMaker.named(remote)));
    }

    private static Tags otherTags(int code) {
        Workload other = new Workload(SeriesTable.OTHER, SeriesTable.OTHER, SeriesTable.OTHER);
        return common(code, SeriesTable.OTHER, SeriesTable.OTHER, SeriesTable.OTHER)
                .and(ExchangeSeriesMaker.side("source", other))
                .and(ExchangeSeriesMaker.side("destination", other));
    }

    private static Tags common(int code, String flags, String policy, String service) {
        return Tags.of(
                "reporter",
                inbound(code) ? "destination" : "source",
                "request_protocol",
                "tcp",
                "response_flags",
                flags,
                "connection_security_policy",
                policy,
                "destination_service",
                service);
    }

    private static boolean inbound(int code) {
        return ExchangeSeries.direction(code) == Direction.INBOUND;
    }
}
