package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.time.Ticker;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** Picks a member, and begins and ends a call to it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PickerBenchmark {
    @Param public BalanceConfig.Algorithm algorithm = BalanceConfig.Algorithm.PEAK_EWMA;

    @Param({"3", "100"})
    public int count;

    private final SplittableRandom random = new SplittableRandom(7);
    private final Ticker ticker = Ticker.system();
    private Members members = Members.none(BalanceConfig.DEFAULTS, ticker);
    private Picker picker = Picker.of(BalanceConfig.DEFAULTS);

    @Setup
    public void build() {
        boolean ring = algorithm == BalanceConfig.Algorithm.RING_HASH;
        BalanceConfig defaults = BalanceConfig.DEFAULTS;
        BalanceConfig config =
                new BalanceConfig(
                        algorithm,
                        defaults.panicShare(),
                        ring ? new HashConfig(HashConfig.By.SOURCE, "") : null,
                        defaults.pointsPerMember(),
                        defaults.loadBound());
        List<Endpoint> endpoints =
                IntStream.range(0, count)
                        .mapToObj(i -> new Endpoint("10.0.0." + i, 8080, 1 + i % 3, null))
                        .toList();
        members = Members.none(config, ticker).update(new EndpointSet(1, endpoints));
        picker = Picker.of(config);
    }

    @Benchmark
    public @Nullable Member pick() {
        long now = ticker.nanos();
        Member member = picker.pick(members, null, random.nextLong(), random, now);
        if (member != null) {
            member.begin();
            member.end(1_000_000, true, now);
        }
        return member;
    }
}
