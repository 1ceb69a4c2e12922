package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Grpc;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TraceContext;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats a line of the access log; on the log's thread. */
final class AccessLine {
    private final boolean queryValues;

    AccessLine(boolean queryValues) {
        this.queryValues = queryValues;
    }

    void write(LogEvent event, JsonBuffer json) {
        json.open('{');
        switch (event) {
            case AccessEvent exchange -> exchange(exchange, json);
            case TcpEvent connection -> connection(connection, json);
        }
        json.close('}');
        json.endLine();
    }

    private void exchange(AccessEvent event, JsonBuffer json) {
        json.field("time", Instant.ofEpochMilli(event.startedMillis()).toString());
        json.field("direction", Metrics.word(event.direction()));
        json.field("method", event.method());
        json.field("authority", event.authority());
        json.field("path", queryValues ? event.target() : withoutValues(event.target()));
        json.field("protocol", event.version().alpn());
        json.field("status", event.status());
        if (event.grpcStatus() != Grpc.NONE) {
            json.field("grpc_status", event.grpcStatus());
        }
        Failure failure = event.failure();
        json.field("flags", ResponseFlag.of(failure).letters(event.retriesExhausted()));
        json.field("reason", failure == null ? null : failure.reason());
        json.field("detail", failure == null ? null : failure.detail());
        json.field("request_id", event.requestId());
        TraceContext trace = event.trace();
        json.field(
                "trace_id", trace == null ? null : Hex.of(trace.traceIdHigh(), trace.traceIdLow()));
        json.field("client", address(event.address()));
        json.field("peer", event.peer() == null ? null : event.peer().toString());
        json.field("caller", event.caller());
        if (event.edge() != null) {
            atEdge(event.edge(), json);
        }
        json.field("service", event.service());
        attempts(event.attempts(), json);
        json.field("request_bytes", event.requestBytes());
        json.field("response_bytes", event.responseBytes());
        json.millis("duration_ms", event.durationNanos());
        if (event.firstByteNanos() >= 0) {
            json.millis("first_byte_ms", event.firstByteNanos());
        }
    }

    private static void atEdge(AccessEvent.AtEdge edge, JsonBuffer json) {
        json.field("caller_issuer", edge.issuer());
        json.field("caller_credential", edge.credential());
        json.field("client_address", edge.client().getHostAddress());
        json.field("route", edge.route());
    }

    private static void connection(TcpEvent event, JsonBuffer json) {
        TcpConnection connection = event.connection();
        Failure failure = event.failure();
        boolean retried =
                failure != null
                        && failure.side() == Failure.Side.UPSTREAM
                        && event.attempts().size() > 1;
        SpiffeId peer = connection.peer().id();
        json.field("time", Instant.ofEpochMilli(event.startedMillis()).toString());
        json.field("direction", Metrics.word(connection.direction()));
        json.field("protocol", "tcp");
        json.field("server_name", connection.serverName());
        json.field("destination", address(connection.destination()));
        json.field("flags", ResponseFlag.of(failure).letters(retried));
        json.field("reason", failure == null ? null : failure.reason());
        json.field("detail", failure == null ? null : failure.detail());
        json.field("client", address(connection.peer().address()));
        json.field("peer", peer == null ? null : peer.toString());
        json.field("service", event.service());
        attempts(event.attempts(), json);
        json.field("received_bytes", event.receivedBytes());
        json.field("sent_bytes", event.sentBytes());
        json.millis("duration_ms", event.durationNanos());
    }

    private static void attempts(List<AttemptResult> attempts, JsonBuffer json) {
        int last = attempts.size() - 1;
        json.field("endpoint", last < 0 ? null : attempts.get(last).endpoint());
        json.key("attempts");
        json.open('[');
        for (AttemptResult attempt : attempts) {
            json.item();
            json.open('{');
            json.field("endpoint", attempt.endpoint());
            json.field("status", attempt.status());
            Failure failure = attempt.failure();
            json.field("outcome", failure == null ? "ok" : failure.reason());
            json.millis("ms", attempt.endedNanos() - attempt.startedNanos());
            json.close('}');
        }
        json.close(']');
    }

    private static @Nullable String address(@Nullable InetSocketAddress socket) {
        if (socket == null || socket.isUnresolved()) {
            return null;
        }
        return socket.getAddress().getHostAddress() + ":" + socket.getPort();
    }

    /** Keeps the names: {@code /a?token=*&page=*}; a parameter without a name is a value. */
    static String withoutValues(String target) {
        int query = target.indexOf('?');
        if (query < 0) {
            return target;
        }
        StringBuilder text = new StringBuilder(target.length()).append(target, 0, query);
        char separator = '?';
        for (String parameter : target.substring(query + 1).split("&", -1)) {
            int equals = parameter.indexOf('=');
            text.append(separator).append(parameter, 0, equals + 1).append('*');
            separator = '&';
        }
        return text.toString();
    }
}
