package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;

/**
 * Changes fields of the request and of the response, also of one that says what went wrong. Below
 * who finds out who called, above the rewrite.
 */
final class HeaderFilter implements RequestFilter {
    private final HeaderChanges request;
    private final HeaderChanges response;

    HeaderFilter(HeaderChanges request, HeaderChanges response) {
        this.request = request;
        this.response = response;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        request.apply(exchange, exchange.request().headers());
        return Verdict.CONTINUE;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        response.apply(exchange, head.headers());
    }
}
