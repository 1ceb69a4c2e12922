package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the service that a split has chosen, which no route could know. Where a route has
 * one service, that one's limits are decided together with the route's instead.
 *
 * @param byService for services that have limits
 */
record ServiceLimits(Map<String, RequestFilter> byService) implements RequestFilter {
    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestFilter own = own(exchange);
        return own == null ? Verdict.CONTINUE : own.onRequest(exchange);
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        RequestFilter own = own(exchange);
        if (own != null) {
            own.onResponse(exchange, head);
        }
    }

    private @Nullable RequestFilter own(Exchange exchange) {
        String service = exchange.service();
        return service == null ? null : byService.get(service);
    }
}
