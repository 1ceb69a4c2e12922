package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.time.Ticker;
import java.util.List;

/** The filters of one listener in their order, the upstream at their end, and who watches. */
public final class FilterChain {
    private final RequestFilter[] filters;
    private final Upstream upstream;
    private final ExchangeObserver observer;
    private final Ticker ticker;

    public FilterChain(
            List<RequestFilter> filters,
            Upstream upstream,
            ExchangeObserver observer,
            Ticker ticker) {
        this.filters = filters.toArray(new RequestFilter[0]);
        this.upstream = upstream;
        this.observer = observer;
        this.ticker = ticker;
    }

    /** Takes the exchange through to its end. On the exchange's loop. */
    public void start(Exchange exchange) {
        Pass pass = pass(exchange);
        pass.next();
    }

    /** Ends an exchange that no filter may see, since what came is no request. */
    public void reject(Exchange exchange, Failure failure) {
        pass(exchange).fail(failure);
    }

    private Pass pass(Exchange exchange) {
        Pass pass = new Pass(exchange, filters, upstream, observer, ticker);
        exchange.stream().listener(pass);
        observer.started(exchange);
        return pass;
    }
}
