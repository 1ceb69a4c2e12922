package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the requests that a client has under way at once. A place is held until the exchange is
 * over, however it ends, so its table is as large as the number of clients with requests under way.
 * Shared by all loops.
 */
public final class ConcurrencyFilter implements RequestFilter {
    private static final Verdict REFUSED =
            new Verdict.Reject(
                    new Failure.RateLimited(
                            "concurrency",
                            Duration.ofSeconds(1),
                            "as many requests of this client as may are under way"));

    private final ConcurrencyConfig config;
    private final ConcurrentMap<String, Integer> underWay = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();

    public ConcurrencyFilter(ConcurrencyConfig config) {
        this.config = config;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        KeyText text = new KeyText();
        if (!config.key().write(exchange, text)) {
            return Verdict.CONTINUE;
        }
        String key = text.toString();
        if (!enter(key)) {
            refused.increment();
            return REFUSED;
        }
        exchange.edge().atEnd(() -> leave(key));
        return Verdict.CONTINUE;
    }

    private boolean enter(String key) {
        boolean[] entered = {false};
        underWay.compute(
                key,
                (_, before) -> {
                    int now = before == null ? 0 : before;
                    entered[0] = now < config.requests();
                    return entered[0] ? Integer.valueOf(now + 1) : before;
                });
        return entered[0];
    }

    private void leave(String key) {
        underWay.computeIfPresent(key, (_, now) -> now == 1 ? null : now - 1);
    }

    /**
     * For metrics.
     *
     * @param clients with requests under way now
     */
    public record Counts(int clients, long refused) {}

    public Counts counts() {
        return new Counts(underWay.size(), refused.sum());
    }
}
