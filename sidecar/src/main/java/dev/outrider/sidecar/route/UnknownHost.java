package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of requests to hosts that no service has.
 *
 * @param fallback for captured ones; null refuses them too
 */
public record UnknownHost(HostRouteFilter.@Nullable Target fallback) implements RequestFilter {
    @Override
    public Verdict onRequest(Exchange exchange) {
        boolean captured = exchange.destination() != null;
        if (captured) {
            exchange.toUnknownHost();
        }
        if (fallback == null || !captured) {
            return new Verdict.Reject(new Failure.NoRoute(exchange.request().authority()));
        }
        exchange.service(fallback.service());
        exchange.limit(fallback.timeoutNanos());
        return Verdict.CONTINUE;
    }
}
