package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Leads clients to TLS and keeps browsers there. First of a route's filters, or of the edge's. */
public final class HttpsFilter implements RequestFilter {
    private static final String HSTS = "Strict-Transport-Security";

    private final HttpsConfig config;
    private final @Nullable String hsts;

    public HttpsFilter(HttpsConfig config) {
        this.config = config;
        this.hsts = config.hsts() == null ? null : config.hsts().value();
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        if (exchange.https() || !config.redirect()) {
            return Verdict.CONTINUE;
        }
        String target = exchange.request().target();
        return target.startsWith("/")
                ? Location.answer(exchange, 308, "https", null, config.port(), target)
                : Verdict.CONTINUE;
    }

    /** Without TLS browsers ignore it, since anybody could have put it in. */
    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        if (hsts != null && exchange.https()) {
            head.headers().set(HSTS, hsts);
        }
    }
}
