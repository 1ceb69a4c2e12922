package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.time.Ticker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What is written down of an exchange that went well and is not sampled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ObserversBenchmark {
    private static final String ENDPOINT = "10.0.0.1:8080";
    private static final TracingConfig TRACING = TracingConfig.DEFAULTS;

    private final Workload workload = new Workload("orders", "shop", null);
    private final Metrics metrics = new Metrics(MetricsConfig.DEFAULTS, workload, _ -> null);
    private final SpanReporter spans =
            SpanReporter.open(TRACING, workload, Ticker.system(), InstantSource.system());
    private final TracingFilter tracing =
            new TracingFilter(TRACING, new SplittableRandom(7), spans);
    private final AccessLine line = new AccessLine(false);
    private final JsonBuffer json = new JsonBuffer();
    private final AttemptResult attempt = new AttemptResult(1, ENDPOINT, 0, 1_000_000, 200, null);
    private final Headers headers = SampleExchange.headers();
    private final Exchange exchange = SampleExchange.of(Direction.INBOUND);
    private LogEvent event = AccessEvent.of(exchange, 1_700_000_000_000L);
    private final WritableByteChannel nowhere =
            Channels.newChannel(OutputStream.nullOutputStream());

    @Setup
    public void finish() {
        Verdict _ = tracing.onRequest(exchange);
        exchange.service("app");
        exchange.attempted(attempt);
        exchange.responding(200, 1_000_000);
        exchange.finished(1_100_000);
        event = AccessEvent.of(exchange, 1_700_000_000_000L);
    }

    @TearDown
    public void close() {
        metrics.close();
        spans.close();
    }

    @Benchmark
    public void metrics() {
        metrics.started(exchange);
        metrics.attemptFinished(exchange, attempt);
        metrics.finished(exchange);
    }

    /** What the event loop does for a line of the access log. */
    @Benchmark
    public LogEvent accessEvent() {
        return AccessEvent.of(exchange, 1_700_000_000_000L);
    }

    /** What the log's own thread does for it. */
    @Benchmark
    public int accessLine() throws IOException {
        line.write(event, json);
        int size = json.size();
        json.writeTo(nowhere);
        return size;
    }

    /** The copy is what the filter needs to work on: it changes the head. */
    @Benchmark
    public Exchange copyAlone() {
        return SampleExchange.of(Direction.INBOUND, SampleExchange.head(headers.copy()));
    }

    @Benchmark
    public Exchange tracing() {
        RequestHead head = SampleExchange.head(headers.copy());
        Exchange traced = SampleExchange.of(Direction.INBOUND, head);
        Verdict _ = tracing.onRequest(traced);
        tracing.attemptStarted(traced, 1, ENDPOINT, head);
        tracing.attemptFinished(traced, attempt);
        tracing.finished(traced);
        return traced;
    }
}
