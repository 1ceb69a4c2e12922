package dev.outrider.certs.ca;

import dev.outrider.certs.ca.CaSettings.Rate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket for each key, in a map of bounded size: the key used least recently is forgotten,
 * which gives it a full bucket again. Safe for any thread.
 */
final class RateLimit {
    private static final int MOST_KEYS = 10_000;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Rate rate;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > MOST_KEYS;
                }
            };

    private record Bucket(double tokens, long at) {}

    RateLimit(Rate rate, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
    }

    /** Zero when there was a token; else the whole seconds until there will be one. */
    synchronized long take(String key) {
        long now = nanoTime.getAsLong();
        Bucket before = buckets.getOrDefault(key, new Bucket(rate.burst(), now));
        double filled = before.tokens() + (now - before.at()) / NANOS * rate.perSecond();
        double tokens = Math.min(rate.burst(), filled);
        boolean granted = tokens >= 1;
        buckets.put(key, new Bucket(granted ? tokens - 1 : tokens, now));
        return granted ? 0 : Math.max(1, (long) Math.ceil((1 - tokens) / rate.perSecond()));
    }

    synchronized int size() {
        return buckets.size();
    }
}
