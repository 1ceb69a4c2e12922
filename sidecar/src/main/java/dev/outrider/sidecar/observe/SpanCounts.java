package dev.outrider.sidecar.observe;

import java.util.concurrent.atomic.LongAdder;
import zipkin2.reporter.ReporterMetrics;

/** What became of the spans; any thread. */
final class SpanCounts implements ReporterMetrics {
    final LongAdder spans = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder failedPosts = new LongAdder();
    private volatile int queued;

    int queued() {
        return queued;
    }

    @Override
    public void incrementMessages() {}

    @Override
    public void incrementMessagesDropped(Throwable cause) {
        failedPosts.increment();
    }

    @Override
    public void incrementSpans(int quantity) {
        spans.add(quantity);
    }

    @Override
    public void incrementSpanBytes(int quantity) {}

    @Override
    public void incrementMessageBytes(int quantity) {}

    @Override
    public void incrementSpansDropped(int quantity) {
        dropped.add(quantity);
    }

    @Override
    public void updateQueuedSpans(int update) {
        queued = update;
    }

    @Override
    public void updateQueuedBytes(int update) {}
}
