package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.filter.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** Finds the service that a request means, by the name in its Host field. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HostRouteBenchmark {
    @Param({"10", "5000"})
    public int services;

    private final Exchange exchange = SampleExchange.of(Direction.OUTBOUND);
    private HostRouteFilter filter = filter(0);

    private static HostRouteFilter filter(int services) {
        Map<HostRouteFilter.Target, List<String>> hosts = new HashMap<>();
        hosts.put(
                new HostRouteFilter.Target("orders", 0),
                List.of("orders", "orders.shop.svc.cluster.local"));
        for (int i = 1; i < services; i++) {
            String name = "service-" + i;
            hosts.put(
                    new HostRouteFilter.Target(name, 0),
                    List.of(name, name + ".shop.svc.cluster.local"));
        }
        return new HostRouteFilter(HostTable.of(hosts), new UnknownHost(null));
    }

    @Setup
    public void build() {
        filter = filter(services);
    }

    @Benchmark
    public Verdict find() {
        return filter.onRequest(exchange);
    }
}
