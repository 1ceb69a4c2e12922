package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.lettuce.core.ScriptOutputType;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Redis through Lettuce on the proxy's event loops. Any thread. */
public final class LettuceRedis implements Redis {
    private final RedisLoops loops;
    private final Deadlines[] deadlines;

    /** Whether requests wait for these calls, which therefore heed the breaker. */
    private final boolean guarded;

    private LettuceRedis(RedisLoops loops, Duration budget, boolean guarded) {
        this.loops = loops;
        this.deadlines = loops.deadlines(budget);
        this.guarded = guarded;
    }

    /**
     * Begins to connect and returns at once, whatever state Redis is in.
     *
     * @param loops the proxy's, of that transport; they must outlive this
     * @throws IOException if a file that is named for passwords or TLS cannot be used
     */
    public static LettuceRedis open(
            RedisConfig config,
            EventLoopGroup loops,
            Transport transport,
            Ticker ticker,
            RandomGenerator random)
            throws IOException {
        return new LettuceRedis(
                RedisLoops.open(config, loops, transport, ticker, random), config.budget(), true);
    }

    @Override
    public CompletionStage<List<Long>> run(Script script, List<String> keys, List<String> args) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "script " + script.name() + " names no key, so no node can be chosen");
        }
        String[] places = keys.stream().map(loops::key).toArray(String[]::new);
        String[] values = args.toArray(String[]::new);
        return start(
                new Call<>(
                        places[0],
                        redis ->
                                redis.<List<@Nullable Object>>evalsha(
                                                script.sha1(),
                                                ScriptOutputType.MULTI,
                                                places,
                                                values)
                                        .thenApply(LettuceRedis::numbers),
                        redis ->
                                redis.<List<@Nullable Object>>eval(
                                                script.source(),
                                                ScriptOutputType.MULTI,
                                                places,
                                                values)
                                        .thenApply(LettuceRedis::numbers)));
    }

    private static List<Long> numbers(List<@Nullable Object> reply) {
        List<Long> numbers = new ArrayList<>(reply.size());
        for (Object each : reply) {
            if (each instanceof Long number) {
                numbers.add(number);
            } else if (each != null) {
                throw new IllegalArgumentException(
                        "a script answered with " + each.getClass().getSimpleName());
            }
        }
        return numbers;
    }

    @Override
    public CompletionStage<@Nullable String> get(String key) {
        String place = loops.key(key);
        return this.<@Nullable String>call(place, redis -> redis.get(place));
    }

    @Override
    public CompletionStage<Boolean> delete(String key) {
        String place = loops.key(key);
        return call(place, redis -> redis.del(place).thenApply(deleted -> deleted > 0));
    }

    @Override
    public CompletionStage<Map<String, String>> hash(String key) {
        String place = loops.key(key);
        return new Pages(cursor -> call(place, redis -> redis.hscan(place, cursor, Pages.SIZE)))
                .all();
    }

    private <T extends @Nullable Object> CompletionStage<T> call(
            String place, Call.Command<T> command) {
        return start(new Call<>(place, command, null));
    }

    private <T extends @Nullable Object> CompletionStage<T> start(Call<T> call) {
        int index = loops.here();
        LoopCalls calls = loops.calls(index);
        if (calls.loop.inEventLoop()) {
            calls.start(call, deadlines[index], guarded);
            return call.answer;
        }
        try {
            calls.loop.execute(() -> calls.start(call, deadlines[index], guarded));
        } catch (RejectedExecutionException e) {
            call.fail(LoopCalls.CLOSED);
        }
        return call.answer;
    }

    @Override
    public Redis within(Duration budget) {
        return new LettuceRedis(loops, budget, false);
    }

    @Override
    public RedisStatus status() {
        return loops.status();
    }

    @Override
    public void close() {
        if (guarded) {
            loops.close();
        }
    }
}
