package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** The end of a route that sends its clients elsewhere. */
final class RedirectFilter implements RequestFilter {
    private final RedirectConfig config;
    private final @Nullable PathChange change;

    RedirectFilter(RedirectConfig config, MatchConfig match) {
        this.config = config;
        this.change = config.change(match);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead request = exchange.request();
        String path = request.path();
        String query = config.query() ? request.target().substring(path.length()) : "";
        return Location.answer(
                exchange,
                config.status(),
                config.scheme(),
                config.host(),
                config.port() == null ? 0 : config.port(),
                (change == null ? path : change.apply(path)) + query);
    }
}
