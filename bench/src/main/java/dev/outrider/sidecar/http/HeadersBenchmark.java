package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** What filters and the codec ask of a head with twelve fields, as a browser or a mesh sends it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadersBenchmark {
    private final Headers headers = new Headers();
    private final ByteBuf target = PooledByteBufAllocator.DEFAULT.directBuffer(4096);

    @Setup
    public void fill() {
        headers.add("Host", "orders.shop.svc.cluster.local");
        headers.add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101");
        headers.add("Accept", "application/json, text/plain, */*");
        headers.add("Accept-Language", "en-GB,en;q=0.7,de;q=0.3");
        headers.add("Accept-Encoding", "gzip, deflate, br, zstd");
        headers.add("Content-Type", "application/json");
        headers.add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        headers.add("X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e");
        headers.add("X-Forwarded-For", "203.0.113.7");
        headers.add("X-Forwarded-Proto", "https");
        headers.add("workload-identity-token", "e".repeat(600));
        headers.add("Cookie", "session=8d0f; theme=dark");
    }

    @TearDown
    public void free() {
        target.release();
    }

    @Benchmark
    public @Nullable String getPresent() {
        return headers.get("traceparent");
    }

    @Benchmark
    public boolean findAbsent() {
        return headers.contains("idempotency-key");
    }

    /** On a copy, whose cost {@link #copyForRetry} tells: what is removed leaves its bytes behind. */
    @Benchmark
    public int setAndRemove() {
        Headers copy = headers.copy();
        copy.set("X-Envoy-Attempt-Count", "1");
        copy.remove("x-envoy-attempt-count");
        return copy.size();
    }

    @Benchmark
    public Headers copyForRetry() {
        return headers.copy();
    }

    @Benchmark
    public int write() {
        target.clear();
        headers.writeTo(target);
        return target.writerIndex();
    }
}
