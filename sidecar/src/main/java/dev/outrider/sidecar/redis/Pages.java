package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Reads a large hash in pieces, each a call of its own, so that it holds up neither Redis nor the
 * loop that takes it in. On one loop.
 *
 * @param ask for the piece at a cursor
 */
record Pages(Function<ScanCursor, CompletionStage<MapScanCursor<String, String>>> ask) {
    static final ScanArgs SIZE = ScanArgs.Builder.limit(500);

    /** Beyond what anybody may keep in there. */
    private static final int MOST = 1_000_000;

    CompletionStage<Map<String, String>> all() {
        CompletableFuture<Map<String, String>> whole = new CompletableFuture<>();
        read(ScanCursor.INITIAL, new HashMap<>(), whole);
        return whole;
    }

    private void read(
            ScanCursor cursor,
            Map<String, String> fields,
            CompletableFuture<Map<String, String>> whole) {
        ask.apply(cursor)
                .whenComplete((page, error) -> {
                    if (error != null) {
                        whole.completeExceptionally(error);
                        return;
                    }
                    fields.putAll(page.getMap());
                    if (fields.size() > MOST) {
                        whole.completeExceptionally(
                                new RedisUnavailable(
                                        Reason.ERROR, "more than " + MOST + " fields"));
                    } else if (page.isFinished()) {
                        whole.complete(fields);
                    } else {
                        read(page, fields, whole);
                    }
                });
    }
}
