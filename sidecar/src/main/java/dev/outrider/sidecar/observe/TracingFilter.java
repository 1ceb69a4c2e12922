package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Joins this hop to the request's trace: as the first filter it gives the exchange its request id
 * and server span, as an observer it gives each attempt a child span and writes that on the
 * outgoing head, so what the next hop (or the local app) does becomes the attempt's child. Hosts
 * that no configuration knows are told nothing.
 *
 * <p>Nothing is kept between calls. A span is built when it is over, from the times and outcomes in
 * the exchange, so an exchange that is not sampled costs only its ids and headers.
 */
public final class TracingFilter implements RequestFilter, ExchangeObserver {
    private final TracingConfig config;
    private final TraceHeaders wire;
    private final RequestIds requestIds;
    private final RandomGenerator random;
    private final SpanReporter spans;

    /**
     * @param random shared by all loops, so it must be safe for use by several threads
     */
    public TracingFilter(TracingConfig config, RandomGenerator random, SpanReporter spans) {
        this.config = config;
        this.wire = new TraceHeaders(config.propagate());
        this.requestIds = new RequestIds(random);
        this.random = random;
        this.spans = spans;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.request().headers();
        boolean outside = exchange.direction() == Direction.EDGE;
        if (outside && !config.trustRequestId() || !RequestIds.usable(headers)) {
            requestIds.put(headers);
            exchange.requestIdMade();
        }
        exchange.trace(serverSpan(!outside || config.trustTrace() ? wire.read(headers) : null));
        return Verdict.CONTINUE;
    }

    private TraceContext serverSpan(@Nullable Parent parent) {
        boolean sampled =
                switch (parent == null ? Parent.Sampled.OPEN : parent.sampled()) {
                    case YES -> true;
                    case NO -> false;
                    case OPEN -> random.nextDouble() < config.sampling();
                };
        if (parent == null || !parent.hasIds()) {
            return new TraceContext(id(), id(), id(), 0, sampled, null);
        }
        return new TraceContext(
                parent.traceIdHigh(),
                parent.traceIdLow(),
                id(),
                parent.spanId(),
                sampled,
                parent.state());
    }

    /** Never 0, which means none. */
    private long id() {
        long id;
        do {
            id = random.nextLong();
        } while (id == 0);
        return id;
    }

    @Override
    public void attemptStarted(
            Exchange exchange, int number, String endpoint, RequestHead outgoing) {
        if (exchange.trace() == null) {
            return;
        }
        exchange.attemptSpan(id());
        if (!exchange.unknownHost()) {
            wire.write(exchange, outgoing.headers());
        }
    }

    @Override
    public void attemptFinished(Exchange exchange, AttemptResult result) {
        TraceContext server = exchange.trace();
        TraceContext attempt = server == null || !server.sampled() ? null : exchange.attemptTrace();
        if (attempt != null) {
            spans.attempt(exchange, attempt, result);
        }
    }

    @Override
    public void finished(Exchange exchange) {
        TraceContext server = exchange.trace();
        if (server != null && server.sampled()) {
            spans.exchange(exchange, server);
        }
    }
}
