package dev.outrider.injector.metrics;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How long something took: a histogram from 1 ms to 10 s. */
public final class Durations implements Metrics.Figure {
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private final String name;
    private final String help;
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    Durations(String name, String help) {
        this.name = name;
        this.help = help;
        for (int index = 0; index < buckets.length; index++) {
            buckets[index] = new LongAdder();
        }
    }

    public void record(long took) {
        double seconds = took / 1e9;
        int bucket = 0;
        while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(took);
    }

    @Override
    public void write(Exposition text) {
        text.head(name, help, "histogram");
        List<String> label = List.of("le");
        long count = 0;
        for (int index = 0; index < buckets.length; index++) {
            count += buckets[index].sum();
            String bound = index < BOUNDS.length ? Exposition.number(BOUNDS[index]) : "+Inf";
            text.sample(name + "_bucket", label, List.of(bound), count);
        }
        text.sample(name + "_sum", List.of(), List.of(), nanos.sum() / 1e9);
        text.sample(name + "_count", List.of(), List.of(), count);
    }
}
