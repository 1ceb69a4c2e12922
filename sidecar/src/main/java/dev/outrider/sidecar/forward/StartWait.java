package dev.outrider.sidecar.forward;

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
import org.jspecify.annotations.Nullable;

/**
 * Holds the app's first calls until what they need is there: an app that starts together with its
 * sidecar need not know that. The same goes, at any time, for the first calls to a service that
 * nobody has called before. So many at most and so long at most; then they go on, and fail of what
 * is missing, and so do later ones to that service at once until it has what it needs. Any thread.
 */
public final class StartWait implements RequestFilter {
    private static final int MOST_WAITING = 1024;

    private final Needs needs;
    private final long longestNanos;
    private final Ticker ticker;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Services that one has waited for in vain; names from the configuration. */
    private final Set<String> givenUp = ConcurrentHashMap.newKeySet();

    /** What calls to a service need. */
    public interface Needs {
        /**
         * Asked for every call, so it must be cheap and leave nothing hanging; the first time it
         * may begin to look for what is missing.
         */
        boolean missing(String service);

        /**
         * Completes when nothing is missing, perhaps never. Whoever waits for it leaves something
         * hanging on it until then, so it is asked for by a bounded number of calls only.
         */
        CompletionStage<?> complete(String service);
    }

    public StartWait(Needs needs, Duration longest, Ticker ticker) {
        this.needs = needs;
        this.longestNanos = longest.toNanos();
        this.ticker = ticker;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        String service = exchange.service();
        CompletionStage<?> held = service == null ? null : hold(service, exchange.deadline());
        return held == null
                ? Verdict.CONTINUE
                : new Verdict.Await(held.thenApply(_ -> Verdict.CONTINUE));
    }

    /**
     * Completes, on any thread, when a call to that service may go on; null if it may at once.
     *
     * @param deadline of the call, if it has one
     */
    public @Nullable CompletionStage<?> hold(String service, @Nullable Deadline deadline) {
        if (longestNanos <= 0) {
            return null;
        }
        if (givenUp.contains(service)) {
            if (!needs.missing(service)) {
                givenUp.remove(service);
            }
            return null;
        }
        if (!needs.missing(service)) {
            return null;
        }
        long wait = waitNanos(deadline);
        if (wait <= 0) {
            return null;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return null;
        }
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        var _ = needs.complete(service).whenComplete((_, _) -> held.complete(true));
        return held.completeOnTimeout(false, wait, TimeUnit.NANOSECONDS)
                .thenAccept(came -> released(service, came));
    }

    private void released(String service, boolean came) {
        if (!came) {
            givenUp.add(service);
        }
        // After that, so that nobody else begins to wait in vain.
        waiting.decrementAndGet();
    }

    private long waitNanos(@Nullable Deadline deadline) {
        return deadline == null
                ? longestNanos
                : Math.min(longestNanos, deadline.remaining(ticker.nanos()));
    }

    /** Calls held now. */
    public int waiting() {
        return waiting.get();
    }
}
