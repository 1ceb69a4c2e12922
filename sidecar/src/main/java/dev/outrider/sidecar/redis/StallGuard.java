package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which nothing at all has come back for a while though something was asked.
 * Its Redis hangs, or the network has lost it without a word; the connection made anew goes to
 * whoever is the master by then. On the channel's loop.
 */
final class StallGuard extends ChannelDuplexHandler {
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ticker ticker;
    private boolean waiting;
    private boolean armed;
    private long sinceNanos;

    StallGuard(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!waiting) {
            waiting = true;
            sinceNanos = ticker.nanos();
            if (!armed) {
                arm(context, PATIENCE.toNanos());
            }
        }
        context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        waiting = false;
        context.fireChannelRead(message);
    }

    private void arm(ChannelHandlerContext context, long nanos) {
        armed = true;
        var _ = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        armed = false;
        if (!waiting || !context.channel().isActive()) {
            return;
        }
        long left = sinceNanos + PATIENCE.toNanos() - ticker.nanos();
        if (left > 0) {
            arm(context, left);
        } else {
            context.close();
        }
    }
}
