package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.time.Ticker;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * What outlives a configuration: what clients have used in this process, how many requests wait,
 * and what was counted. One for the process; any thread.
 */
public final class LimitState {
    private final LocalStore store;
    private final MicroClock clock;
    private final Ticker ticker;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentMap<String, LimitMeter> meters = new ConcurrentHashMap<>();

    /**
     * @param keys quotas of keys remembered, see {@link LimitsConfig#keys}
     * @param random makes the secret of the table's hash; not to be guessed by clients
     */
    public LimitState(int keys, Ticker ticker, InstantSource wall, RandomGenerator random) {
        this.store = new LocalStore(keys, random);
        this.clock = new MicroClock(ticker, wall);
        this.ticker = ticker;
    }

    LocalStore store() {
        return store;
    }

    long micros() {
        return clock.micros();
    }

    long nanos() {
        return ticker.nanos();
    }

    AtomicInteger waiting() {
        return waiting;
    }

    LimitMeter meter(String limit) {
        return meters.computeIfAbsent(limit, _ -> new LimitMeter());
    }

    /**
     * For metrics.
     *
     * @param keys quotas of keys in memory now, some of them no longer needed
     * @param forgotten quotas of keys forgotten for want of room
     * @param forgottenAtLimit those of them that were refusing requests
     * @param waiting requests that wait in throttles now
     * @param limits by name, all that ever were configured
     */
    public record Counts(
            long keys,
            long forgotten,
            long forgottenAtLimit,
            int waiting,
            Map<String, LimitCounts> limits) {}

    public Counts counts() {
        LocalStore.Counts kept = store.counts();
        Map<String, LimitCounts> limits = new TreeMap<>();
        meters.forEach((name, meter) -> limits.put(name, meter.counts()));
        return new Counts(
                kept.keys(), kept.evicted(), kept.evictedAtLimit(), waiting.get(), limits);
    }
}
