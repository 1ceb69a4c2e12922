package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one loop that have the same budget, so the oldest is due first and one timer does
 * for all. A timer that fires late finds the answers that have come meanwhile done already, since a
 * loop reads before it looks at its timers. On the loop only.
 */
final class Deadlines {
    private final EventLoop loop;
    private final Ticker ticker;
    private final long budgetNanos;
    private final Consumer<Call<?>> expire;
    private final ArrayDeque<Call<?>> waiting = new ArrayDeque<>();
    private boolean armed;

    Deadlines(EventLoop loop, Ticker ticker, Duration budget, Consumer<Call<?>> expire) {
        this.loop = loop;
        this.ticker = ticker;
        this.budgetNanos = budget.toNanos();
        this.expire = expire;
    }

    void add(Call<?> call) {
        long now = ticker.nanos();
        call.deadlineNanos = now + budgetNanos;
        head();
        waiting.add(call);
        if (!armed) {
            arm(budgetNanos);
        }
    }

    /** The oldest that is not over. */
    private @Nullable Call<?> head() {
        Call<?> head = waiting.peek();
        while (head != null && head.isOver()) {
            waiting.remove();
            head = waiting.peek();
        }
        return head;
    }

    private void arm(long nanos) {
        armed = true;
        var _ = loop.schedule(this::due, nanos, TimeUnit.NANOSECONDS);
    }

    private void due() {
        armed = false;
        long now = ticker.nanos();
        for (Call<?> head = head(); head != null; head = head()) {
            long left = head.deadlineNanos - now;
            if (left > 0) {
                if (!armed) {
                    arm(left);
                }
                return;
            }
            waiting.remove();
            expire.accept(head);
        }
    }

    /** All that wait, which it then no longer knows. */
    void drain(Consumer<Call<?>> each) {
        for (Call<?> head = head(); head != null; head = head()) {
            waiting.remove();
            each.accept(head);
        }
    }
}
