package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import java.util.concurrent.atomic.LongAdder;

/** Refuses clients by their address. What is denied is looked at first. */
public final class NetworkFilter implements RequestFilter {
    private static final Verdict REFUSED =
            new Verdict.Reject(
                    new Failure.Refused(
                            403, "address-denied", "the client's address may not come here"));

    private final Networks allow;
    private final Networks deny;
    private final LongAdder refused = new LongAdder();

    public NetworkFilter(NetworkConfig config) {
        allow = new Networks(config.allow());
        deny = new Networks(config.deny());
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        boolean mayCome =
                !deny.contains(exchange.client())
                        && (allow.isEmpty() || allow.contains(exchange.client()));
        if (mayCome) {
            return Verdict.CONTINUE;
        }
        refused.increment();
        return REFUSED;
    }

    /** Requests refused so far. */
    public long refused() {
        return refused.sum();
    }
}
