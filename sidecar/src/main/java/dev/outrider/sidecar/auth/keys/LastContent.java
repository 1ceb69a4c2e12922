package dev.outrider.sidecar.auth.keys;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys in a store's content, parsed when that has changed only: what is no good stays so until
 * it changes again. One thread.
 */
final class LastContent<C> {
    private final Parser<C> parser;

    /** Why the content is no good. */
    private @Nullable IOException broken;

    @FunctionalInterface
    interface Parser<C> {
        Map<String, ApiKey> parse(C content) throws IOException;
    }

    LastContent(Parser<C> parser) {
        this.parser = parser;
    }

    /** What the content says; null, and then null is returned, if it is as it was. */
    @Nullable Map<String, ApiKey> keys(@Nullable C changed) throws IOException {
        if (changed != null) {
            broken = null;
            try {
                return parser.parse(changed);
            } catch (IOException e) {
                broken = e;
            }
        }
        if (broken != null) {
            throw broken;
        }
        return null;
    }
}
