package dev.outrider.sidecar.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map whose keys are looked up as a part of a longer text, without garbage. Open addressing, at
 * most half full; only configuration is ever put in, so nobody can make its keys collide.
 * Immutable.
 */
final class TextTable<V> {
    private final @Nullable String[] keys;
    private final List<@Nullable V> values;
    private final boolean ignoreCase;

    /**
     * @param ignoreCase whether the texts looked up may be in upper case; keys are in lower case
     */
    TextTable(Map<String, V> entries, boolean ignoreCase) {
        int capacity = Integer.highestOneBit(Math.max(1, entries.size())) * 4;
        this.keys = new @Nullable String[capacity];
        this.values = new ArrayList<>(capacity);
        this.ignoreCase = ignoreCase;
        for (int i = 0; i < capacity; i++) {
            values.add(null);
        }
        entries.forEach((key, value) -> {
            int slot = hash(key, 0, key.length());
            while (keys[slot] != null) {
                slot = slot + 1 & capacity - 1;
            }
            keys[slot] = key;
            values.set(slot, value);
        });
    }

    @Nullable V get(String text, int start, int end) {
        int slot = hash(text, start, end);
        for (String key = keys[slot]; key != null; key = keys[slot]) {
            if (key.length() == end - start
                    && text.regionMatches(ignoreCase, start, key, 0, key.length())) {
                return values.get(slot);
            }
            slot = slot + 1 & keys.length - 1;
        }
        return null;
    }

    private int hash(String text, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            hash = 31 * hash + (ignoreCase && c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        return (hash ^ hash >>> 16) & keys.length - 1;
    }
}
