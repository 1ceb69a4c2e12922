package dev.outrider.sidecar.discover;

import java.util.concurrent.atomic.LongAdder;

/** What was asked of a cluster's API, and what it said, for metrics. Any thread. */
public final class ClusterCounts {
    private final LongAdder lists = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder refused = new LongAdder();

    void list() {
        lists.increment();
    }

    void fail() {
        failures.increment();
    }

    void event() {
        events.increment();
    }

    void refuse() {
        refused.increment();
    }

    /** Lists, first ones and those after a watch was lost. */
    public long lists() {
        return lists.sum();
    }

    /** First looks that brought no answer. */
    public long failures() {
        return failures.sum();
    }

    /** Changes of slices that were told. */
    public long events() {
        return events.sum();
    }

    /** Names that were not looked for, since too many are in use. */
    public long refused() {
        return refused.sum();
    }
}
