package dev.outrider.sidecar.inbound;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Unsent;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;

/** Tells the caller's sidecar of a request that did not reach the app. */
final class UnsentFilter implements RequestFilter {
    @Override
    public Verdict onRequest(Exchange exchange) {
        return Verdict.CONTINUE;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        Unsent.tell(exchange, head.headers());
    }
}
