package dev.outrider.sidecar.limit;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The lines of those who wait for one limit, by key. Only the first of a line is decided; when it
 * is let through or goes away the next one's turn comes, a fair distance later. Who comes while
 * others wait goes behind them. Any thread: a line is touched only within the map's own atomic
 * step.
 */
final class Throttle {
    private final int mostOfKey;
    private final int mostOfAll;
    private final AtomicInteger waiting;
    private final ConcurrentMap<KeyId, Line> lines = new ConcurrentHashMap<>();

    /** One key's line, never empty; {@code turn} is when the first is decided. */
    private static final class Line {
        final ArrayDeque<ThrottledRequest> queue = new ArrayDeque<>(2);
        long turn;
    }

    Throttle(int mostOfKey, int mostOfAll, AtomicInteger waiting) {
        this.mostOfKey = mostOfKey;
        this.mostOfAll = mostOfAll;
        this.waiting = waiting;
    }

    /** Whether others wait, so that a newcomer must not go first. */
    boolean busy(KeyId key) {
        return !lines.isEmpty() && lines.containsKey(key);
    }

    /**
     * Joins the line; false if it is full, or if the turn would come too late. If it is empty the
     * turn is at {@code earliest}. Whoever has joined must {@link #leave}.
     */
    boolean join(ThrottledRequest request, long earliest) {
        if (waiting.incrementAndGet() > mostOfAll) {
            waiting.decrementAndGet();
            return false;
        }
        boolean[] joined = {false};
        lines.compute(
                request.line(),
                (_, before) -> {
                    Line line = before == null ? new Line() : before;
                    int ahead = line.queue.size();
                    long turn = ahead == 0 ? earliest : line.turn + ahead * request.spacing();
                    joined[0] = ahead < mostOfKey && turn <= request.latest();
                    if (joined[0]) {
                        line.queue.add(request);
                        if (ahead == 0) {
                            line.turn = turn;
                            request.turnAt(turn);
                        }
                    }
                    return line.queue.isEmpty() ? null : line;
                });
        if (!joined[0]) {
            waiting.decrementAndGet();
        }
        return joined[0];
    }

    /** The first came in vain, and stays first until {@code turn}. */
    void again(ThrottledRequest first, long turn) {
        lines.computeIfPresent(
                first.line(),
                (_, line) -> {
                    line.turn = turn;
                    return line;
                });
        first.turnAt(turn);
    }

    /** Leaves the line, let through or not; if it was the first the next one's turn comes. */
    void leave(ThrottledRequest request, long now, boolean letThrough) {
        waiting.decrementAndGet();
        lines.computeIfPresent(
                request.line(),
                (_, line) -> {
                    boolean first = line.queue.peekFirst() == request;
                    line.queue.remove(request);
                    ThrottledRequest next = line.queue.peekFirst();
                    if (next == null) {
                        return null;
                    }
                    if (first) {
                        line.turn = letThrough ? now + next.spacing() : Math.max(now, line.turn);
                        next.turnAt(line.turn);
                    }
                    return line;
                });
    }
}
