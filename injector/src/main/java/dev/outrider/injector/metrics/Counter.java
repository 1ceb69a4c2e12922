package dev.outrider.injector.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How often something happened, by labels whose values are few and known. */
public final class Counter implements Metrics.Figure {
    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<String, Sample> samples = new ConcurrentSkipListMap<>();

    private record Sample(List<String> values, LongAdder count) {}

    Counter(String name, String help, List<String> labels) {
        this.name = name;
        this.help = help;
        this.labels = labels;
        if (labels.isEmpty()) {
            add(0);
        }
    }

    public void increment(String... values) {
        add(1, values);
    }

    /** Adding nothing makes the sample appear, so that a rate can be taken from the first on. */
    public void add(long count, String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(name + " has the labels " + labels);
        }
        samples.computeIfAbsent(
                        String.join("\n", values),
                        _ -> new Sample(List.of(values), new LongAdder()))
                .count()
                .add(count);
    }

    @Override
    public void write(Exposition text) {
        text.head(name, help, "counter");
        for (Sample sample : samples.values()) {
            text.sample(name, labels, sample.values(), sample.count().sum());
        }
    }
}
