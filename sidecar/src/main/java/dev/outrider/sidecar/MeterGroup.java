package dev.outrider.sidecar;

import dev.outrider.sidecar.observe.Gauges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Meters that come and go together: those of what is in force. One thread at a time. */
final class MeterGroup implements AutoCloseable {
    private final Gauges gauges;
    private final List<Gauges.Registration> registered = new ArrayList<>();

    MeterGroup(Gauges gauges) {
        this.gauges = gauges;
    }

    void gauge(String name, String help, Map<String, String> tags, DoubleSupplier value) {
        registered.add(gauges.gauge(name, help, tags, value));
    }

    void counter(String name, String help, Map<String, String> tags, DoubleSupplier count) {
        registered.add(gauges.counter(name, help, tags, count));
    }

    @Override
    public void close() {
        registered.forEach(Gauges.Registration::close);
        registered.clear();
    }
}
