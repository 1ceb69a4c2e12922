package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.resilience.BulkheadConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The head that an attempt sends, with the time that is left written into it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OutgoingHeadBenchmark {
    private static final long LEFT = TimeUnit.MILLISECONDS.toNanos(1500);

    private final ServiceConfig service =
            ServiceConfig.toOriginalDestination(
                    "orders",
                    CallConfig.once(
                            UpstreamProtocol.AUTO,
                            Duration.ofSeconds(15),
                            Duration.ofMinutes(5),
                            BulkheadConfig.DEFAULTS,
                            PoolConfig.DEFAULTS));
    private final Exchange exchange = SampleExchange.of(Direction.OUTBOUND);

    public OutgoingHeadBenchmark() {
        exchange.deadline(Deadline.after(LEFT, 0));
    }

    @Benchmark
    public RequestHead make() {
        return OutgoingHead.of(exchange, service, LEFT, LEFT, false);
    }
}
