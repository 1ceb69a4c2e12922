package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;

/** Routes by the Host field; the service's timeout may only shorten the caller's deadline. */
public final class HostRouteFilter implements RequestFilter {
    /** A destination; {@code timeoutNanos} 0 for none of its own. */
    public record Target(String service, long timeoutNanos) {}

    private final HostTable<Target> targets;
    private final RequestFilter otherwise;

    /**
     * @param otherwise asked about hosts that no service has
     */
    public HostRouteFilter(HostTable<Target> targets, RequestFilter otherwise) {
        this.targets = targets;
        this.otherwise = otherwise;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Target target = targets.find(exchange.request().authority());
        if (target == null) {
            return otherwise.onRequest(exchange);
        }
        exchange.service(target.service);
        exchange.limit(target.timeoutNanos);
        return Verdict.CONTINUE;
    }
}
