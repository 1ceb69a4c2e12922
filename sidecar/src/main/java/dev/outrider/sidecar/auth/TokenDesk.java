package dev.outrider.sidecar.auth;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers the operator's requests about refused tokens. Blocks. */
public final class TokenDesk {
    private final DenyList list;
    private final @Nullable RedisDeniedIds writable;
    private final InstantSource clock;

    /**
     * @param writable null for a list in a file, which its owner writes
     */
    public TokenDesk(DenyList list, @Nullable RedisDeniedIds writable, InstantSource clock) {
        this.list = list;
        this.writable = writable;
        this.clock = clock;
    }

    /** {@code GET /tokens}. */
    public Map<String, Object> status() {
        DenyList.Status status = list.status();
        return Map.of(
                "denied", status.ids(),
                "known", list.known(),
                "loads", status.loads(),
                "failures", status.failures(),
                "lastError", status.lastError() == null ? "" : status.lastError());
    }

    /**
     * {@code POST /tokens/{id}/deny?for=24h}: for as long as the token may still hold.
     *
     * @throws IllegalArgumentException if that cannot be done here, or was asked wrongly
     */
    public Map<String, Object> deny(String id, Map<String, String> query)
            throws IOException, InterruptedException {
        if (writable == null) {
            throw new IllegalArgumentException(
                    "the deny list is a file: add the id there, one a line; it is read at once");
        }
        String span = query.get("for");
        if (span == null || query.size() > 1) {
            throw new IllegalArgumentException(
                    "say for how long the token may still hold, such as for=24h, and nothing else");
        }
        writable.deny(id, clock.instant().plus(Span.parse(span)));
        return Map.of("denied", id, "for", span);
    }
}
