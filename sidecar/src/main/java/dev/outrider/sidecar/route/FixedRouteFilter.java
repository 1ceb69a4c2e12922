package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;

/** Everything goes to one service: the local app. */
public record FixedRouteFilter(String service, long timeoutNanos) implements RequestFilter {
    @Override
    public Verdict onRequest(Exchange exchange) {
        exchange.service(service);
        exchange.limit(timeoutNanos);
        return Verdict.CONTINUE;
    }
}
