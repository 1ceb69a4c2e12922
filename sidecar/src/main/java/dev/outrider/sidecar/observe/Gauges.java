package dev.outrider.sidecar.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where parts that know nothing of metrics are given a name in them. Suppliers are asked at each
 * scrape, on the scraper's thread, so they must be safe for that and quick. Any thread.
 *
 * <p>A name must always come with the same tag keys. A name given twice with the same tags: the
 * first stands until its registration is closed.
 */
public final class Gauges {
    private static final Logger LOG = LoggerFactory.getLogger(Gauges.class);

    private final PrometheusMeterRegistry registry;

    /** The registry holds function counters weakly; this keeps them. */
    private final Map<Meter.Id, DoubleSupplier> kept = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<AutoCloseable> closeables = new ConcurrentLinkedQueue<>();

    Gauges(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    /** A meter that can be taken back when what it measures is gone. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** A value that goes up and down. */
    public Registration gauge(
            String name, String help, Map<String, String> tags, DoubleSupplier value) {
        return registered(
                Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                        .description(help)
                        .tags(tags(tags))
                        .strongReference(true)
                        .register(registry));
    }

    /** A count that somebody else keeps and that only grows; {@code _total} is appended. */
    public Registration counter(
            String name, String help, Map<String, String> tags, DoubleSupplier count) {
        FunctionCounter counter =
                FunctionCounter.builder(name, count, DoubleSupplier::getAsDouble)
                        .description(help)
                        .tags(tags(tags))
                        .register(registry);
        kept.putIfAbsent(counter.getId(), count);
        return registered(counter);
    }

    /** A count kept here; the result adds to it, from any thread. */
    public LongConsumer counter(String name, String help, Map<String, String> tags) {
        Counter counter =
                Counter.builder(name).description(help).tags(tags(tags)).register(registry);
        return counter::increment;
    }

    /** Takes in a ready-made set of meters and closes it with the metrics if it can be closed. */
    void bind(MeterBinder binder) {
        binder.bindTo(registry);
        if (binder instanceof AutoCloseable closeable) {
            closeables.add(closeable);
        }
    }

    private Registration registered(Meter meter) {
        return () -> {
            registry.remove(meter);
            kept.remove(meter.getId());
        };
    }

    private static Tags tags(Map<String, String> tags) {
        List<Tag> list = new ArrayList<>(tags.size());
        tags.forEach((key, value) -> list.add(Tag.of(key, value)));
        return Tags.of(list);
    }

    void close() {
        for (AutoCloseable closeable : closeables) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("closing {} failed", closeable, e);
            }
        }
    }
}
