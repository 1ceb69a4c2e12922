package dev.outrider.sidecar.limit;

import java.util.concurrent.atomic.LongAdder;

/** Counts what one limit does, over all configurations. Any thread. */
final class LimitMeter {
    final LongAdder allowed = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder wouldRefuse = new LongAdder();
    final LongAdder throttled = new LongAdder();
    final LongAdder decidedAlone = new LongAdder();
    final LongAdder refusedBlind = new LongAdder();
    final LongAdder leased = new LongAdder();

    LimitCounts counts() {
        return new LimitCounts(
                allowed.sum(),
                refused.sum(),
                wouldRefuse.sum(),
                throttled.sum(),
                decidedAlone.sum(),
                refusedBlind.sum(),
                leased.sum());
    }
}
