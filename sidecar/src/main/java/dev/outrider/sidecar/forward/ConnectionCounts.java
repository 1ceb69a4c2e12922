package dev.outrider.sidecar.forward;

import java.util.concurrent.atomic.LongAdder;

/** The connections to one member over all loops. */
final class ConnectionCounts {
    final LongAdder open = new LongAdder();
    final LongAdder idle = new LongAdder();
}
