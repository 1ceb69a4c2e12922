package dev.outrider.sidecar.auth.keys;

import dev.outrider.sidecar.http.FieldValue;
import dev.outrider.sidecar.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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

/** A request with an API key, among as many keys as an edge holds: known, unknown, and a typo. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ApiKeyBenchmark {
    private final Map<String, ApiKey> stored = new HashMap<>();
    private final ApiKeys keys =
            new ApiKeys(
                    new Stored(stored),
                    Duration.ofHours(1),
                    InstantSource.system(),
                    Ticker.system());
    private final FieldValue known;
    private final FieldValue unknown;
    private final FieldValue typo;

    public ApiKeyBenchmark() {
        SecureRandom random = new SecureRandom();
        String one = "";
        for (int i = 0; i < KeyStore.MOST_KEYS; i++) {
            KeyText text = KeyText.make(random);
            one = text.text();
            stored.put(text.id(), key(text));
        }
        known = FieldValue.of(one);
        unknown = FieldValue.of(KeyText.make(random).text());
        typo = FieldValue.of(one.substring(0, 30) + "--" + one.substring(32));
    }

    private static ApiKey key(KeyText text) {
        byte[] hash = ApiKeys.sha256().digest(text.text().getBytes(StandardCharsets.US_ASCII));
        return new ApiKey(
                text.id(),
                HexFormat.of().formatHex(hash),
                "acme",
                "gold",
                List.of("orders:read"),
                List.of(),
                "",
                Instant.EPOCH,
                null,
                null,
                null);
    }

    /** Keys in memory, that never change. */
    private record Stored(Map<String, ApiKey> keys) implements KeyStore {
        @Override
        public Map<String, ApiKey> readIfChanged() {
            return keys;
        }

        @Override
        public Map<String, ApiKey> read() {
            return keys;
        }

        @Override
        public void change(UnaryOperator<Map<String, ApiKey>> change) {
            throw new UnsupportedOperationException("nothing changes here");
        }
    }

    @Setup
    public void read() {
        keys.start();
        while (!keys.status().known()) {
            Thread.onSpinWait();
        }
        if (!(known() instanceof KeyOutcome.Accepted)) {
            throw new IllegalStateException("not accepted");
        }
    }

    @TearDown
    public void end() {
        keys.close();
    }

    @Benchmark
    public KeyOutcome known() {
        return keys.judge(known);
    }

    @Benchmark
    public KeyOutcome unknown() {
        return keys.judge(unknown);
    }

    @Benchmark
    public KeyOutcome typo() {
        return keys.judge(typo);
    }
}
