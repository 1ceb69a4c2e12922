package dev.outrider.sidecar.observe;

import brave.Tracing;
import brave.handler.SpanHandler;
import brave.sampler.Sampler;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.time.Ticker;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;

/**
 * Hands finished spans to Brave and on to Zipkin. Recording only puts a span into a bounded queue,
 * from any loop; one thread of the reporter's encodes and posts. A full queue and a post that fails
 * drop spans and count them.
 */
public final class SpanReporter implements AutoCloseable {
    private final Tracing tracing;
    private final @Nullable AsyncZipkinSpanHandler zipkin;
    private final SpanCounts counts;
    private final Spans spans;

    /** Brave would write each span that nobody takes into the log. */
    private final boolean taken;

    private final Ticker ticker;
    private final long closeWithinNanos;

    private SpanReporter(
            TracingConfig config,
            String service,
            Ticker ticker,
            InstantSource wall,
            SpanHandler handler,
            @Nullable AsyncZipkinSpanHandler zipkin,
            SpanCounts counts) {
        this.zipkin = zipkin;
        this.taken = !handler.equals(SpanHandler.NOOP);
        this.counts = counts;
        this.ticker = ticker;
        this.closeWithinNanos = config.closeWithin().toNanos();
        // The decision is made by the filter; a span that comes here is sampled.
        this.tracing =
                Tracing.newBuilder()
                        .localServiceName(service)
                        .traceId128Bit(true)
                        .supportsJoin(false)
                        .sampler(Sampler.ALWAYS_SAMPLE)
                        .addSpanHandler(handler)
                        .build();
        this.spans = new Spans(tracing.tracer(), ticker, wall);
    }

    /** Reports to the configured Zipkin, or nowhere when none is configured. */
    public static SpanReporter open(
            TracingConfig config, Workload workload, Ticker ticker, InstantSource wall) {
        String service = config.service() == null ? workload.name() : config.service();
        SpanCounts counts = new SpanCounts();
        URI address = config.zipkin();
        if (address == null) {
            return new SpanReporter(config, service, ticker, wall, SpanHandler.NOOP, null, counts);
        }
        AsyncZipkinSpanHandler zipkin =
                AsyncZipkinSpanHandler.newBuilder(
                                new ZipkinSender(
                                        address, config.timeout(), Math.toIntExact(config.batch())))
                        .queuedMaxSpans(config.queue())
                        .messageMaxBytes(Math.toIntExact(config.batch()))
                        .messageTimeout(config.flushAfter().toNanos(), TimeUnit.NANOSECONDS)
                        .closeTimeout(config.closeWithin().toNanos(), TimeUnit.NANOSECONDS)
                        .metrics(counts)
                        .build();
        return new SpanReporter(config, service, ticker, wall, zipkin, zipkin, counts);
    }

    /** For tests: spans go to {@code handler} at once. */
    static SpanReporter to(SpanHandler handler, String service, Ticker ticker, InstantSource wall) {
        return new SpanReporter(
                TracingConfig.DEFAULTS, service, ticker, wall, handler, null, new SpanCounts());
    }

    void exchange(Exchange exchange, TraceContext context) {
        if (taken) {
            spans.exchange(exchange, context);
        }
    }

    void attempt(Exchange exchange, TraceContext context, AttemptResult result) {
        if (taken) {
            spans.attempt(exchange, context, result);
        }
    }

    /** Spans recorded so far, whatever became of them. */
    public long recorded() {
        return counts.spans.sum();
    }

    /** Spans lost to a full queue or a failed post. */
    public long dropped() {
        return counts.dropped.sum();
    }

    /** Posts that Zipkin did not take. */
    public long failedPosts() {
        return counts.failedPosts.sum();
    }

    /** Spans that waited when the reporter last looked. */
    public int queued() {
        return counts.queued();
    }

    /**
     * Posts what waits, for as long as configured, then drops the rest. Blocks; not for a loop. A
     * post under way may take its timeout longer.
     */
    @Override
    public void close() {
        if (zipkin != null) {
            long start = ticker.nanos();
            long failed;
            do {
                failed = failedPosts();
                zipkin.flush();
            } while (queued() > 0
                    && failedPosts() == failed
                    && ticker.nanos() - start < closeWithinNanos);
            zipkin.close();
        }
        tracing.close();
    }
}
