package dev.outrider.injector.manifest.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds which items of a list are which of another, in their order. */
final class Alignment {
    private Alignment() {}

    /** Two indices that belong together; the last pair is of the ends of both lists. */
    record Pair(int item, int wanted) {}

    /** Items belong together if they are named the same or, without names, are the same. */
    static List<Pair> of(List<?> now, List<?> wanted) {
        List<Pair> pairs = new ArrayList<>();
        int item = 0;
        for (int index = 0; index < wanted.size() && item < now.size(); index++) {
            int found = find(now, item, wanted.get(index));
            if (found >= 0) {
                pairs.add(new Pair(found, index));
                item = found + 1;
            }
        }
        pairs.add(new Pair(now.size(), wanted.size()));
        return pairs;
    }

    private static int find(List<?> now, int from, @Nullable Object wanted) {
        for (int at = from; at < now.size(); at++) {
            if (alike(now.get(at), wanted)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean alike(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Map<?, ?> left && other instanceof Map<?, ?> right) {
            Object name = left.get("name");
            if (name instanceof String) {
                return name.equals(right.get("name"));
            }
            if (left.get("metadata") instanceof Map<?, ?> mine
                    && right.get("metadata") instanceof Map<?, ?> its
                    && mine.get("name") instanceof String) {
                return same(left, right, "kind")
                        && same(mine, its, "name")
                        && same(mine, its, "namespace");
            }
        }
        return Values.same(one, other);
    }

    private static boolean same(Map<?, ?> left, Map<?, ?> right, String key) {
        return Objects.equals(left.get(key), right.get(key));
    }
}
