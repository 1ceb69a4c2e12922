package dev.outrider.injector.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** All figures of one process, in the order in which they were made. */
public final class Metrics {
    /** What may be asked at {@code /metrics}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final List<Figure> figures = new CopyOnWriteArrayList<>();

    /** One figure with its help, type and samples. */
    interface Figure {
        void write(Exposition text);
    }

    /** A counter; its name ends in {@code _total}. */
    public Counter counter(String name, String help, String... labels) {
        Counter counter = new Counter(name, help, List.of(labels));
        figures.add(counter);
        return counter;
    }

    /** Seconds, in buckets. */
    public Durations durations(String name, String help) {
        Durations durations = new Durations(name, help);
        figures.add(durations);
        return durations;
    }

    /** A value that is asked for when somebody reads. */
    public void gauge(String name, String help, DoubleSupplier value) {
        figures.add(text -> {
            text.head(name, help, "gauge");
            text.sample(name, List.of(), List.of(), value.getAsDouble());
        });
    }

    /** Values by their labels, asked for when somebody reads. */
    public void gauges(
            String name,
            String help,
            List<String> labels,
            Supplier<Map<List<String>, Double>> values) {
        figures.add(text -> {
            text.head(name, help, "gauge");
            values.get().forEach((each, value) -> text.sample(name, labels, each, value));
        });
    }

    public String text() {
        Exposition text = new Exposition();
        figures.forEach(figure -> figure.write(text));
        return text.toString();
    }
}
