package dev.outrider.sidecar.auth;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map whose entries end at a moment, or when the basis they were computed from is no
 * longer the current one. A hit is one map look-up and allocates nothing. Shared by all loops
 * without locks; the eldest entries make room.
 */
final class ExpiringCache<K, V> {
    private final int bound;
    private final ConcurrentHashMap<K, Entry<K, V>> entries = new ConcurrentHashMap<>();

    /**
     * One element for each entry ever put and not pushed out yet. Its length is what is bounded, so
     * the map, whose entries are all in it, is bounded too.
     */
    private final ConcurrentLinkedQueue<Entry<K, V>> byAge = new ConcurrentLinkedQueue<>();

    private final AtomicInteger length = new AtomicInteger();

    ExpiringCache(int bound) {
        this.bound = bound;
    }

    /** No record: it is removed from the map by its own identity. */
    private static final class Entry<K, V> {
        final K key;
        final V value;
        final Object basis;
        final long untilMillis;

        Entry(K key, V value, Object basis, long untilMillis) {
            this.key = key;
            this.value = value;
            this.basis = basis;
            this.untilMillis = untilMillis;
        }
    }

    /** The value if it holds now and was computed from this very basis. */
    @Nullable V get(K key, Object basis, long nowMillis) {
        Entry<K, V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (nowMillis >= entry.untilMillis || isOther(entry.basis, basis)) {
            entries.remove(key, entry);
            return null;
        }
        return entry.value;
    }

    void put(K key, V value, Object basis, long untilMillis) {
        Entry<K, V> entry = new Entry<>(key, value, basis, untilMillis);
        entries.put(key, entry);
        byAge.add(entry);
        if (length.incrementAndGet() > bound) {
            Entry<K, V> eldest = byAge.poll();
            if (eldest != null) {
                length.decrementAndGet();
                entries.remove(eldest.key, eldest);
            }
        }
    }

    int size() {
        return entries.size();
    }

    @SuppressWarnings("ReferenceEquality") // a basis is compared as the snapshot it is
    private static boolean isOther(Object one, Object two) {
        return one != two;
    }
}
