package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From the bytes of one read to a request head: a short head and one of a browser's size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestHeadBenchmark {
    private static final String SHORT = "GET / HTTP/1.1\r\nHost: billing\r\n\r\n";
    private static final String LONG =
            """
            GET /orders/4711?expand=lines HTTP/1.1
            Host: orders.shop.svc.cluster.local
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
            Accept: application/json, text/plain, */*
            Accept-Language: en-GB,en;q=0.7,de;q=0.3
            Accept-Encoding: gzip, deflate, br, zstd
            Connection: keep-alive
            traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
            X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e
            X-Forwarded-For: 203.0.113.7
            X-Forwarded-Proto: https
            Cookie: session=8d0f; theme=dark

            """
                    .replace("\n", "\r\n");

    private final RequestParser parser = new RequestParser(H1Limits.DEFAULTS);
    private final ByteBuf shortHead = bytes(SHORT);
    private final ByteBuf longHead = bytes(LONG);

    private static ByteBuf bytes(String text) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(text.length())
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @TearDown
    public void free() {
        shortHead.release();
        longHead.release();
    }

    @Benchmark
    public @Nullable RequestHead parseShort() throws MalformedException {
        return parser.parse(shortHead.readerIndex(0));
    }

    @Benchmark
    public @Nullable RequestHead parseLong() throws MalformedException {
        return parser.parse(longHead.readerIndex(0));
    }
}
