package dev.outrider.sidecar.observe;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Finds the meters of a label set without building a key: a set is one packed number and up to
 * three objects, compared in place. Any thread, without locks: buckets are chains that only grow at
 * their head. The quota bounds the chains; past it, sets fall together into a coarser one.
 */
final class SeriesTable<S> {
    /** The value of every label of a series beyond the quota. */
    static final String OTHER = "other";

    private static final int BUCKETS = 1024;

    /** Makes the meters of a label set. */
    interface Maker<S> {
        S make(int code, @Nullable Object first, @Nullable Object second, @Nullable Object third);

        /** The few sets that all sets beyond the quota are counted under. */
        int coarse(int code);
    }

    private record Entry<S>(
            int hash,
            int code,
            @Nullable Object first,
            @Nullable Object second,
            @Nullable Object third,
            S series,
            @Nullable Entry<S> next) {}

    private final AtomicReferenceArray<@Nullable Entry<S>> buckets =
            new AtomicReferenceArray<>(BUCKETS);
    private final SeriesQuota quota;
    private final Maker<S> maker;

    SeriesTable(SeriesQuota quota, Maker<S> maker) {
        this.quota = quota;
        this.maker = maker;
    }

    S get(int code, @Nullable Object first, @Nullable Object second, @Nullable Object third) {
        S known = find(code, first, second, third);
        if (known != null) {
            return known;
        }
        if (quota.take()) {
            return insert(code, first, second, third);
        }
        int coarse = maker.coarse(code);
        S other = find(coarse, OTHER, OTHER, OTHER);
        return other == null ? insert(coarse, OTHER, OTHER, OTHER) : other;
    }

    private @Nullable S find(
            int code, @Nullable Object first, @Nullable Object second, @Nullable Object third) {
        int hash = hash(code, first, second, third);
        for (Entry<S> entry = buckets.get(bucket(hash)); entry != null; entry = entry.next) {
            if (entry.hash == hash
                    && entry.code == code
                    && Objects.equals(entry.first, first)
                    && Objects.equals(entry.second, second)
                    && Objects.equals(entry.third, third)) {
                return entry.series;
            }
        }
        return null;
    }

    /**
     * Two threads may insert one set at once; the registry gives both the same meters, so the
     * second entry does no harm but to take from the quota.
     */
    private S insert(
            int code, @Nullable Object first, @Nullable Object second, @Nullable Object third) {
        S series = maker.make(code, first, second, third);
        int hash = hash(code, first, second, third);
        int bucket = bucket(hash);
        Entry<S> head;
        Entry<S> entry;
        do {
            head = buckets.get(bucket);
            entry = new Entry<>(hash, code, first, second, third, series, head);
        } while (!buckets.compareAndSet(bucket, head, entry));
        return series;
    }

    private static int hash(
            int code, @Nullable Object first, @Nullable Object second, @Nullable Object third) {
        int hash = code * 0x9e3779b9;
        hash = hash * 31 + Objects.hashCode(first);
        hash = hash * 31 + Objects.hashCode(second);
        return hash * 31 + Objects.hashCode(third);
    }

    private static int bucket(int hash) {
        return (hash ^ hash >>> 16) & (BUCKETS - 1);
    }
}
