package dev.outrider.sidecar.redis;

import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.event.connection.ReconnectFailedEvent;
import reactor.core.publisher.Flux;

/** Hears from one loop's Lettuce what no call tells; in place of its bus, which needs a thread. */
final class RedisEvents implements EventBus {
    private final RedisCounts counts;
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
            counts.trouble(Failures.of(failed.getCause()));
        } else if (event instanceof ClusterTopologyChangedEvent) {
            topologyChanged.run();
        }
    }
}
