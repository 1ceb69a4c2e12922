package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * There and back through a chain whose upstream answers at once. The chain without filters is what
 * a pass itself costs, which is one object; the difference is what filters cost.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterChainBenchmark {
    private static final ExchangeObserver NOBODY = new ExchangeObserver() {};

    @Param({"0", "10"})
    public int filters;

    private final ResponseHead answer = new ResponseHead(200, new Headers(), 0);
    private final Exchange exchange = SampleExchange.of(Direction.OUTBOUND);
    private FilterChain chain = chain(0);

    /** Filters of two classes, so that the call is not a fixed one. */
    private record One(long most) implements RequestFilter {
        @Override
        public Verdict onRequest(Exchange exchange) {
            exchange.limit(most);
            return Verdict.CONTINUE;
        }
    }

    private record Other() implements RequestFilter {
        @Override
        public Verdict onRequest(Exchange exchange) {
            return Verdict.CONTINUE;
        }

        @Override
        public void onResponse(Exchange exchange, ResponseHead head) {
            exchange.countResponse(1);
        }
    }

    private FilterChain chain(int length) {
        List<RequestFilter> list =
                IntStream.range(0, length)
                        .<RequestFilter>mapToObj(i -> i % 2 == 0 ? new One(0) : new Other())
                        .toList();
        Upstream upstream = (_, reply) -> reply.head(answer, true);
        return new FilterChain(list, upstream, NOBODY, () -> 1);
    }

    @Setup
    public void build() {
        chain = chain(filters);
    }

    @Benchmark
    public int thereAndBack() {
        chain.start(exchange);
        return exchange.status();
    }
}
