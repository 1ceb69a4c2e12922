package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.resilience.BreakerConfig;
import dev.outrider.sidecar.resilience.BreakerState;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One breaker for each node that calls go to, shared by the loops; by the node's id. */
final class Breakers {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);

    private final BreakerConfig config;
    private final Ticker ticker;
    private final Consumer<String> opened;
    private final LongAdder opens = new LongAdder();
    private final ConcurrentHashMap<String, CircuitBreaker> byId = new ConcurrentHashMap<>();

    /** {@code opened} is told which one needs a probe, on the thread whose call opened it. */
    Breakers(BreakerConfig config, Ticker ticker, Consumer<String> opened) {
        this.config = config;
        this.ticker = ticker;
        this.opened = opened;
    }

    /** {@code name} is for people. */
    CircuitBreaker of(String id, String name) {
        return byId.computeIfAbsent(
                id,
                it ->
                        new CircuitBreaker(
                                name,
                                config,
                                ticker,
                                (_, from, to) -> changed(it, name, from, to)));
    }

    @Nullable CircuitBreaker known(String id) {
        return byId.get(id);
    }

    /** Forgets the nodes that are gone. */
    void retain(Set<String> ids) {
        byId.keySet().retainAll(ids);
    }

    private void changed(String id, String name, BreakerState from, BreakerState to) {
        if (to instanceof BreakerState.Open) {
            if (from instanceof BreakerState.Closed) {
                opens.increment();
                LOG.warn("redis: {} is left alone, its calls fail", name);
            }
            opened.accept(id);
        } else if (to instanceof BreakerState.Closed) {
            LOG.info("redis: {} answers again", name);
        }
    }

    long opens() {
        return opens.sum();
    }

    Map<String, String> words() {
        Map<String, String> words = new TreeMap<>();
        byId.values().forEach(each -> words.put(each.name(), each.state().word()));
        return words;
    }
}
