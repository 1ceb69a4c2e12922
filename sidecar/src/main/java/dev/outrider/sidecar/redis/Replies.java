package dev.outrider.sidecar.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What scripts answer with, made what callers want. */
final class Replies {
    private Replies() {}

    /** Throws {@link IllegalArgumentException} for a reply of the wrong type. */
    @FunctionalInterface
    interface Reading<T> {
        T read(List<@Nullable Object> reply);
    }

    static List<Long> longs(List<@Nullable Object> reply) {
        List<Long> longs = new ArrayList<>(reply.size());
        for (Object each : reply) {
            if (each instanceof Long number) {
                longs.add(number);
            } else if (each != null) {
                throw unexpected("number", each);
            }
        }
        return longs;
    }

    static List<String> texts(List<@Nullable Object> reply) {
        List<String> texts = new ArrayList<>(reply.size());
        for (Object each : reply) {
            if (each instanceof String || each instanceof Long) {
                texts.add(each.toString());
            } else if (each != null) {
                throw unexpected("text", each);
            }
        }
        return texts;
    }

    private static IllegalArgumentException unexpected(String wanted, Object found) {
        return new IllegalArgumentException(
                "a script answered with " + found.getClass().getSimpleName() + ", not " + wanted);
    }
}
