package dev.outrider.sidecar.body;

import java.util.concurrent.atomic.LongAdder;

/** What became of the requests whose copies were wanted, over all routes. Any thread. */
public final class MirrorCounts {
    private final LongAdder sent = new LongAdder();
    private final LongAdder left = new LongAdder();

    void send() {
        sent.increment();
    }

    void leave() {
        left.increment();
    }

    /** Copies that were sent. */
    public long sent() {
        return sent.sum();
    }

    /** Requests of the share that were not mirrored: too large, too many at once, or broken off. */
    public long left() {
        return left.sum();
    }
}
