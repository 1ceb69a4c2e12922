package dev.outrider.sidecar.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What became of one kind of call; its caller's thread adds, any thread reads. */
final class Tally {
    private final String kind;
    private final Outages outages;
    private final LongAdder good = new LongAdder();
    private final Map<Excuse, LongAdder> excused = new EnumMap<>(Excuse.class);
    private final LongAdder failed = new LongAdder();

    /**
     * @param outages of the service that is called
     */
    Tally(String kind, Outages outages) {
        this.kind = kind;
        this.outages = outages;
        for (Excuse each : Excuse.values()) {
            excused.put(each, new LongAdder());
        }
    }

    String kind() {
        return kind;
    }

    long mark() {
        return outages.mark();
    }

    void good() {
        good.increment();
    }

    /** Counts a call that began at {@code mark}; says what excuses it, null if nothing does. */
    @Nullable Excuse failed(Exception e, long mark) {
        Excuse excuse = e instanceof CallFailed call ? call.excuse() : null;
        if (excuse == null || !outages.since(mark)) {
            failed.increment();
            return null;
        }
        Objects.requireNonNull(excused.get(excuse)).increment();
        return excuse;
    }

    long goodCalls() {
        return good.sum();
    }

    long calls() {
        return good.sum()
                + failed.sum()
                + excused.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public String toString() {
        return "%-24s %7d good, %d failed, excused %s"
                .formatted(kind, good.sum(), failed.sum(), excused);
    }
}
