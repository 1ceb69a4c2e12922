package dev.outrider.sidecar.redis;

import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.event.connection.ConnectionActivatedEvent;
import io.lettuce.core.event.connection.ReconnectFailedEvent;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Hears from one loop's Lettuce what no call tells; in place of its bus, which needs a thread. */
final class RedisEvents implements EventBus {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);

    private final RedisCounts counts;
    private volatile String said = "";
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
        if (event instanceof ReconnectFailedEvent failed
                && !(failed.getCause() instanceof CancellationException)) {
            RedisUnavailable why = Failures.of(failed.getCause());
            counts.trouble(why);
            say(String.valueOf(why.getMessage()));
        } else if (event instanceof ConnectionActivatedEvent) {
            said = "";
        } else if (event instanceof ClusterTopologyChangedEvent) {
            topologyChanged.run();
        }
    }

    /** Once for each reason: a password that was changed is seen here only. */
    private void say(String sentence) {
        if (!sentence.equals(said)) {
            said = sentence;
            LOG.warn("no connection, trying on: {}", sentence);
        }
    }
}
