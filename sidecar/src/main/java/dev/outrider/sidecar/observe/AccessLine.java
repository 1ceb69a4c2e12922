package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TraceContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Formats a line of the access log; on the log's thread. */
final class AccessLine {
    private final boolean queryValues;

    AccessLine(boolean queryValues) {
        this.queryValues = queryValues;
    }

    void write(AccessEvent event, JsonBuffer json) {
        json.open('{');
        json.field("time", Instant.ofEpochMilli(event.startedMillis()).toString());
        json.field("direction", Metrics.word(event.direction()));
        json.field("method", event.method());
        json.field("authority", event.authority());
        json.field("path", queryValues ? event.target() : withoutValues(event.target()));
        json.field("status", event.status());
        Failure failure = event.failure();
        json.field("flags", ResponseFlag.of(failure).letters(event.retriesExhausted()));
        json.field("reason", failure == null ? null : failure.reason());
        json.field("detail", failure == null ? null : failure.detail());
        json.field("request_id", event.requestId());
        TraceContext trace = event.trace();
        json.field(
                "trace_id", trace == null ? null : Hex.of(trace.traceIdHigh(), trace.traceIdLow()));
        json.field("client", address(event));
        json.field("peer", event.peer() == null ? null : event.peer().toString());
        json.field("caller", event.caller());
        json.field("service", event.service());
        attempts(event, json);
        json.field("request_bytes", event.requestBytes());
        json.field("response_bytes", event.responseBytes());
        json.millis("duration_ms", event.durationNanos());
        if (event.firstByteNanos() >= 0) {
            json.millis("first_byte_ms", event.firstByteNanos());
        }
        json.close('}');
        json.endLine();
    }

    private static void attempts(AccessEvent event, JsonBuffer json) {
        int last = event.attempts().size() - 1;
        json.field("endpoint", last < 0 ? null : event.attempts().get(last).endpoint());
        json.key("attempts");
        json.open('[');
        for (AttemptResult attempt : event.attempts()) {
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

    private static @Nullable String address(AccessEvent event) {
        var address = event.address().getAddress();
        return address == null ? null : address.getHostAddress() + ":" + event.address().getPort();
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
