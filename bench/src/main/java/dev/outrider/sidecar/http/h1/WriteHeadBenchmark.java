package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.exchange.SampleExchange;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
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

/** The heads a hop writes, and the response's head that it reads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WriteHeadBenchmark {
    private static final String ANSWER =
            """
            HTTP/1.1 200 OK
            Server: app
            Date: Fri, 27 Nov 2026 12:00:00 GMT
            Content-Type: application/json
            Content-Length: 1024
            Cache-Control: no-store

            """
                    .replace("\n", "\r\n");

    private final PooledByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
    private final RequestHead request = SampleExchange.head(SampleExchange.headers());
    private final ResponseHead response = new ResponseHead(200, answerHeaders(), 1024);
    private final ResponseParser parser = new ResponseParser();
    private final ByteBuf answer =
            alloc.directBuffer(512).writeBytes(ANSWER.getBytes(StandardCharsets.US_ASCII));

    private static Headers answerHeaders() {
        Headers headers = new Headers();
        headers.add("Server", "app");
        headers.add("Date", "Fri, 27 Nov 2026 12:00:00 GMT");
        headers.add("Content-Type", "application/json");
        headers.add("Content-Length", "1024");
        headers.add("Cache-Control", "no-store");
        return headers;
    }

    @TearDown
    public void free() {
        answer.release();
    }

    @Benchmark
    public boolean writeRequest() {
        return HeadWriter.request(alloc, request, false).release();
    }

    @Benchmark
    public boolean writeResponse() {
        return HeadWriter.response(alloc, response, HeadWriter.Ending.STATED, false).release();
    }

    @Benchmark
    public @Nullable ResponseHead parseResponse() throws MalformedException {
        return parser.parse(answer.readerIndex(0), request);
    }
}
