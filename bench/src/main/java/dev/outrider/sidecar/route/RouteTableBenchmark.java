package dev.outrider.sidecar.route;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** Finds the route of a request among many of an API, a tenth of which are on each host. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteTableBenchmark {
    private static final int HOSTS = 10;
    private static final String TEMPLATE = "/v1/resource-5/42/items/7";
    private static final String PREFIX = "/v1/files-6/a/b/c/d.txt";
    private static final String NONE = "/v1/none/42/items/7";

    @Param({"10", "1000", "10000"})
    public int routes;

    private RouteTable<String> table = table(HOSTS);
    private final RequestHead head = head("api-5.example.com:8443", TEMPLATE);
    private final RequestHead wild = head("www.api-6.example.com", PREFIX);

    private static RequestHead head(String host, String target) {
        Headers headers = new Headers();
        headers.add("Host", host);
        return new RequestHead("GET", target, host, headers, BodyLength.NONE);
    }

    private static RouteTable<String> table(int routes) {
        List<RouteTable.Entry<String>> entries = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            String host = "api-" + i % HOSTS + ".example.com";
            PathMatchConfig path =
                    switch (i % 3) {
                        case 0 -> PathMatchConfig.ofPrefix("/v1/files-" + i);
                        case 1 -> PathMatchConfig.ofExact("/v1/exact-" + i + "/list");
                        default ->
                                PathMatchConfig.ofTemplate(
                                        "/v1/resource-" + i + "/{id}/items/{item}");
                    };
            MatchConfig match =
                    new MatchConfig(
                            List.of(host, "*." + host),
                            path,
                            List.of("GET", "POST"),
                            Map.of(),
                            Map.of(),
                            null);
            entries.add(new RouteTable.Entry<>("route-" + i, match, 0, "route-" + i));
        }
        return RouteTable.of(entries);
    }

    @Setup
    public void build() {
        table = table(routes);
    }

    @Benchmark
    public @Nullable String template() {
        return table.find(head, TEMPLATE);
    }

    @Benchmark
    public @Nullable String prefixBelowAWildcard() {
        return table.find(wild, PREFIX);
    }

    @Benchmark
    public @Nullable String none() {
        return table.find(head, NONE);
    }
}
