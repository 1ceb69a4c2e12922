package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Reads a large thing in pieces, each a call of its own, so that it holds up neither Redis nor the
 * loop that takes it in.
 *
 * @param ask for the piece at a cursor
 * @param gather takes a piece, and says how many members there are now
 */
record Pages<P extends ScanCursor>(
        Function<ScanCursor, CompletionStage<P>> ask, ToIntFunction<P> gather) {
    static final ScanArgs SIZE = ScanArgs.Builder.limit(500);

    /** Beyond what anybody may keep in there. */
    private static final int MOST = 1_000_000;

    /** Ends with {@code gathered} when all pieces were taken. */
    <T> CompletionStage<T> into(T gathered) {
        CompletableFuture<T> whole = new CompletableFuture<>();
        read(ScanCursor.INITIAL, gathered, whole);
        return whole;
    }

    private <T> void read(ScanCursor cursor, T gathered, CompletableFuture<T> whole) {
        ask.apply(cursor)
                .whenComplete((page, error) -> {
                    if (error != null) {
                        whole.completeExceptionally(error);
                    } else if (gather.applyAsInt(page) > MOST) {
                        whole.completeExceptionally(
                                new RedisUnavailable(
                                        Reason.ERROR, "more than " + MOST + " members"));
                    } else if (page.isFinished()) {
                        whole.complete(gathered);
                    } else {
                        read(page, gathered, whole);
                    }
                });
    }
}
