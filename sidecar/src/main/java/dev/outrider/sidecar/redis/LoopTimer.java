package dev.outrider.sidecar.redis;

import io.netty.channel.EventLoop;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets Lettuce's few timers run on an event loop, so that they need no thread of their own. */
record LoopTimer(EventLoop loop) implements Timer {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        LoopTimeout timeout = new LoopTimeout(this, task);
        timeout.future = loop.schedule(timeout, delay, unit);
        return timeout;
    }

    /** The loop is not ours to stop. */
    @Override
    public Set<Timeout> stop() {
        return Set.of();
    }

    private static final class LoopTimeout implements Timeout, Runnable {
        private final Timer timer;
        private final TimerTask task;

        /** Written before anybody else has this. */
        private volatile @org.jspecify.annotations.Nullable ScheduledFuture<?> future;

        private volatile boolean expired;

        LoopTimeout(Timer timer, TimerTask task) {
            this.timer = timer;
            this.task = task;
        }

        @Override
        public void run() {
            expired = true;
            try {
                task.run(this);
            } catch (Exception e) {
                LOG.error("a timer of the Redis client failed: a bug, please report it", e);
            }
        }

        @Override
        public Timer timer() {
            return timer;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return expired;
        }

        @Override
        public boolean isCancelled() {
            ScheduledFuture<?> scheduled = future;
            return scheduled != null && scheduled.isCancelled();
        }

        @Override
        public boolean cancel() {
            ScheduledFuture<?> scheduled = future;
            return scheduled != null && scheduled.cancel(false);
        }
    }
}
