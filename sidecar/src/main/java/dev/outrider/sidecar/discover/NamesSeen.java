package dev.outrider.sidecar.discover;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What texts were understood to be, so that it need not be worked out for each request. Texts come
 * from clients: when there are too many all are forgotten. Any thread.
 */
final class NamesSeen {
    static final int MOST = 4096;

    private final Map<String, Optional<ClusterName>> seen = new ConcurrentHashMap<>();

    @Nullable ClusterName get(String text, Function<String, @Nullable ClusterName> read) {
        Optional<ClusterName> known = seen.get(text);
        if (known == null) {
            if (seen.size() >= MOST) {
                seen.clear();
            }
            known = Optional.ofNullable(read.apply(text));
            seen.put(text, known);
        }
        return known.orElse(null);
    }

    int size() {
        return seen.size();
    }
}
