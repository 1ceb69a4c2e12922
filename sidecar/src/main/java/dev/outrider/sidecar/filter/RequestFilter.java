package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.ResponseHead;

/** One concern of the chain. Shared by all loops: no state of a request in it. */
public interface RequestFilter {
    /** Sees, and may change, the request's head. */
    Verdict onRequest(Exchange exchange);

    /** Sees, and may change, the final response's head; filters that ran are asked in reverse. */
    default void onResponse(Exchange exchange, ResponseHead head) {}

    /**
     * The exchange failed before a response began; an {@code Answer} takes the failure's place.
     * Filters that ran are asked in reverse, until one answers; other verdicts count as none.
     */
    default Verdict onFailure(Exchange exchange, Failure failure) {
        return Verdict.CONTINUE;
    }
}
