package dev.outrider.sidecar.redis;

import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.event.connection.ConnectionActivatedEvent;
import io.lettuce.core.event.connection.ReconnectFailedEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Hears from one loop's Lettuce what no call tells; in place of its bus, which needs a thread. */
final class RedisEvents implements EventBus {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);

    private final RedisCounts counts;
    private final AtomicBoolean apart = new AtomicBoolean();
    private volatile Runnable topologyChanged = () -> {};

    RedisEvents(RedisCounts counts) {
        this.counts = counts;
    }

    void onTopologyChange(Runnable heard) {
        topologyChanged = heard;
    }

    @Override
    public Flux<Event> get() {
        return Flux.never();
    }

    @Override
    public void publish(Event event) {
        if (event instanceof ReconnectFailedEvent failed) {
            RedisUnavailable why = Failures.of(failed.getCause());
            counts.trouble(why);
            if (apart.compareAndSet(false, true)) {
                LOG.warn("a connection is lost, trying on: {}", why.getMessage());
            }
        } else if (event instanceof ConnectionActivatedEvent) {
            if (apart.compareAndSet(true, false)) {
                LOG.info("redis: connected again");
            }
        } else if (event instanceof ClusterTopologyChangedEvent) {
            topologyChanged.run();
        }
    }
}
