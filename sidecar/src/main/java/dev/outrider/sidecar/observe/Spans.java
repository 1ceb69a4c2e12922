package dev.outrider.sidecar.observe;

import brave.Tracer;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.time.Ticker;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.brave.bridge.BraveSpan;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Builds spans of what is over, with the ids that were sent on the wire. Micrometer's tracer can
 * neither take given ids nor set a kind or a start on a span so made, so Brave makes and starts the
 * span and Micrometer's bridge carries it on.
 *
 * <p>Names and tags follow OpenTelemetry's semantic conventions for HTTP. Kinds are chosen for
 * Zipkin's dependency graph, which draws an edge into each SERVER span from the service of its
 * nearest CLIENT or SERVER ancestor. A sidecar has one service name on both its sides, so an
 * outbound exchange is a span without a kind: as a SERVER it would draw an edge from the service to
 * itself. For the same reason the attempt at the local app names no remote service.
 */
final class Spans {
    private static final int LONGEST_PATH = 512;

    private final Tracer tracer;
    private final Ticker ticker;
    private final InstantSource wall;

    Spans(Tracer tracer, Ticker ticker, InstantSource wall) {
        this.tracer = tracer;
        this.ticker = ticker;
        this.wall = wall;
    }

    /** The whole exchange, as its client saw it. */
    void exchange(Exchange exchange, TraceContext context) {
        Direction direction = exchange.direction();
        long startMicros = micros(exchange.startedNanos());
        Span span =
                start(
                        context,
                        direction == Direction.OUTBOUND ? null : brave.Span.Kind.SERVER,
                        startMicros);
        common(span, exchange);
        String matched = exchange.matchedPath();
        span.tag("url.path", cut(matched == null ? exchange.request().path() : matched));
        if (!exchange.requestId().isEmpty()) {
            span.tag("outrider.request_id", exchange.requestId());
        }
        SpiffeId peer = exchange.peer().id();
        if (peer != null) {
            span.tag("outrider.peer", peer.toString());
            String account = peer.serviceAccount();
            if (account != null && direction == Direction.INBOUND) {
                span.remoteServiceName(account);
            }
        }
        InetSocketAddress from = exchange.peer().address();
        if (from.getAddress() != null) {
            span.remoteIpAndPort(from.getAddress().getHostAddress(), from.getPort());
        }
        outcome(span, exchange.status(), exchange.failure(), 500);
        end(span, startMicros, exchange.finishedNanos() - exchange.startedNanos());
    }

    /** One attempt, already counted among the exchange's. */
    void attempt(Exchange exchange, TraceContext context, AttemptResult result) {
        long startMicros = micros(result.startedNanos());
        Span span = start(context, brave.Span.Kind.CLIENT, startMicros);
        common(span, exchange);
        String service = exchange.service();
        if (service != null && exchange.direction() != Direction.INBOUND) {
            span.remoteServiceName(service);
        }
        int colon = result.endpoint().lastIndexOf(':');
        if (colon > 0) {
            remoteAddress(span, result.endpoint(), colon);
        }
        int earlier = exchange.attempts().size() - 1;
        if (earlier > 0) {
            span.tag("http.request.resend_count", earlier);
        }
        outcome(span, result.status(), result.failure(), 400);
        end(span, startMicros, result.endedNanos() - result.startedNanos());
    }

    private Span start(TraceContext context, brave.Span.@Nullable Kind kind, long startMicros) {
        var ids =
                brave.propagation.TraceContext.newBuilder()
                        .traceIdHigh(context.traceIdHigh())
                        .traceId(context.traceIdLow())
                        .spanId(context.spanId())
                        .parentId(context.parentId())
                        .sampled(true)
                        .build();
        brave.Span span = tracer.toSpan(ids);
        if (kind != null) {
            var _ = span.kind(kind);
        }
        return BraveSpan.fromBrave(span.start(startMicros));
    }

    /** The end follows from the start, as the wall clock may have been set in between. */
    private static void end(Span span, long startMicros, long nanos) {
        span.end(startMicros + nanos / 1_000, TimeUnit.MICROSECONDS);
    }

    /** The wall clock's reading at that moment of the ticker. */
    private long micros(long nanos) {
        Instant now = wall.instant();
        long nowMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        return nowMicros - (ticker.nanos() - nanos) / 1_000;
    }

    private static void common(Span span, Exchange exchange) {
        String method = Methods.known(exchange.request().method());
        String service = exchange.service();
        span.name(service == null ? method : method + " " + service);
        span.tag("http.request.method", method);
        span.tag("server.address", cut(exchange.request().authority()));
        span.tag("outrider.direction", exchange.direction().name().toLowerCase(Locale.ROOT));
    }

    /** Zipkin shows a span with a tag {@code error} as failed. */
    private static void outcome(Span span, int status, @Nullable Failure failure, int errorsFrom) {
        if (status != 0) {
            span.tag("http.response.status_code", Integer.toString(status));
        }
        if (failure != null) {
            span.tag("error.type", failure.reason());
            if (status != 401) {
                span.tag("outrider.detail", cut(failure.detail()));
            }
        } else if (status >= errorsFrom) {
            span.tag("error.type", Integer.toString(status));
        }
        boolean ours = failure != null && failure.side() != Failure.Side.CLIENT;
        if (status >= errorsFrom || ours) {
            span.tag("error", failure == null ? Integer.toString(status) : failure.reason());
        }
    }

    private static void remoteAddress(Span span, String endpoint, int colon) {
        String host = endpoint.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            span.remoteIpAndPort(host, Integer.parseInt(endpoint.substring(colon + 1)));
        } catch (NumberFormatException e) {
            // An endpoint that is no address with a port has none to show.
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_PATH ? text : text.substring(0, LONGEST_PATH);
    }
}
