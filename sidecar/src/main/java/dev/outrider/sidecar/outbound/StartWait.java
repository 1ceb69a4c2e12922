package dev.outrider.sidecar.outbound;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.time.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds the app's first calls until what they need is there: an app that starts together with its
 * sidecar need not know that. So many at most and so long at most; then they go on, and fail of
 * what is missing, and so do later ones to that service at once until it has what it needs.
 */
public final class StartWait implements RequestFilter {
    private static final int MOST_WAITING = 1024;

    private final Function<Exchange, @Nullable CompletionStage<?>> missing;
    private final long longestNanos;
    private final Ticker ticker;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Services that one has waited for in vain; names from the configuration. */
    private final Set<String> givenUp = ConcurrentHashMap.newKeySet();

    /**
     * @param missing completes when the exchange has what it needs; null if it has
     */
    public StartWait(
            Function<Exchange, @Nullable CompletionStage<?>> missing,
            Duration longest,
            Ticker ticker) {
        this.missing = missing;
        this.longestNanos = longest.toNanos();
        this.ticker = ticker;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        CompletionStage<?> needed = missing.apply(exchange);
        String service = String.valueOf(exchange.service());
        if (needed == null) {
            if (!givenUp.isEmpty()) {
                givenUp.remove(service);
            }
            return Verdict.CONTINUE;
        }
        long wait = waitNanos(exchange);
        if (wait <= 0 || givenUp.contains(service)) {
            return Verdict.CONTINUE;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Verdict.CONTINUE;
        }
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        var _ = needed.whenComplete((_, _) -> held.complete(true));
        return new Verdict.Await(
                held.completeOnTimeout(false, wait, TimeUnit.NANOSECONDS)
                        .thenApply(came -> released(service, came)));
    }

    private Verdict released(String service, boolean came) {
        waiting.decrementAndGet();
        if (!came) {
            givenUp.add(service);
        }
        return Verdict.CONTINUE;
    }

    private long waitNanos(Exchange exchange) {
        Deadline deadline = exchange.deadline();
        return deadline == null
                ? longestNanos
                : Math.min(longestNanos, deadline.remaining(ticker.nanos()));
    }

    /** Exchanges held now, for metrics. */
    public int waiting() {
        return waiting.get();
    }
}
