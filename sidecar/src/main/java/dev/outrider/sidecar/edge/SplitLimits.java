package dev.outrider.sidecar.edge;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a route that shares its requests out: its own and those of the service that has
 * been chosen are one filter, so that they are decided together. Below the split.
 *
 * @param byService for services where there are any
 */
record SplitLimits(Map<String, RequestFilter> byService) implements RequestFilter {
    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestFilter chosen = chosen(exchange);
        return chosen == null ? Verdict.CONTINUE : chosen.onRequest(exchange);
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        RequestFilter chosen = chosen(exchange);
        if (chosen != null) {
            chosen.onResponse(exchange, head);
        }
    }

    private @Nullable RequestFilter chosen(Exchange exchange) {
        String service = exchange.service();
        return service == null ? null : byService.get(service);
    }
}
