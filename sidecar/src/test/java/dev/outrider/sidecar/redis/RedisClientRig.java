package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisConfig.Topology;
import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two event loops with a client on them, as a proxy has them. */
public final class RedisClientRig implements AutoCloseable {
    /** A machine that stalls is not a slow Redis; where the budget matters a test says so. */
    private static final Duration GENEROUS = Duration.ofSeconds(10);

    private static final Script COUNT =
            new Script("count", "return redis.call('incrby', KEYS[1], ARGV[1])");

    private final EventLoopGroup loops;
    public final LettuceRedis redis;

    public RedisClientRig(RedisConfig config) throws IOException {
        this(config, Transport.Kind.AUTO);
    }

    RedisClientRig(RedisConfig config, Transport.Kind kind) throws IOException {
        Transport transport = Transport.of(kind);
        this.loops = new MultiThreadIoEventLoopGroup(2, transport.io());
        this.redis =
                LettuceRedis.open(config, loops, transport, Ticker.system(), new Random(20260101));
    }

    /** One Redis in plain text, with a budget that no stall of the machine exhausts. */
    public static RedisConfig single(RedisServer server) {
        return with(RedisConfig.single(RedisAddress.parse(server.address())), GENEROUS);
    }

    public static RedisConfig with(RedisConfig config, Duration budget) {
        return new RedisConfig(
                config.topology(),
                config.addresses(),
                config.master(),
                config.user(),
                config.sentinelUser(),
                config.tls(),
                config.database(),
                config.prefix(),
                budget,
                config.connectTimeout(),
                config.pending(),
                config.breaker());
    }

    public static RedisConfig cluster(RedisCluster cluster) {
        return of(Topology.CLUSTER, cluster.nodes(), null);
    }

    public static RedisConfig sentinel(RedisSentinel sentinel) {
        return of(Topology.SENTINEL, sentinel.sentinels(), RedisSentinel.MASTER);
    }

    private static RedisConfig of(
            Topology topology, List<RedisServer> servers, @Nullable String master) {
        RedisConfig usual = single(servers.getFirst());
        return new RedisConfig(
                topology,
                servers.stream().map(each -> RedisAddress.parse(each.address())).toList(),
                master,
                usual.user(),
                usual.sentinelUser(),
                usual.tls(),
                usual.database(),
                usual.prefix(),
                usual.budget(),
                usual.connectTimeout(),
                usual.pending(),
                usual.breaker());
    }

    /** Adds to the key by a script, from a loop as a request does; the sum. */
    long count(String key, long by) throws RedisUnavailable {
        return call(() -> counting(key, by));
    }

    /** On a loop. */
    CompletionStage<Long> counting(String key, long by) {
        return redis.run(COUNT, List.of(key), List.of(Long.toString(by))).thenApply(List::getFirst);
    }

    String get(String key) throws RedisUnavailable {
        return call(() -> redis.get(key).thenApply(it -> it == null ? "(none)" : it));
    }

    interface Calling<T> {
        CompletionStage<T> call();
    }

    /** On the loop of the caller, or on any; never once the rig is being closed. */
    void onLoop(Runnable task, long millis) {
        EventExecutor loop = loops.next();
        for (EventExecutor each : loops) {
            loop = each.inEventLoop() ? each : loop;
        }
        if (!loop.isShuttingDown()) {
            var _ = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Calls on a loop and waits here for the answer. */
    <T> T call(Calling<T> calling) throws RedisUnavailable {
        return join(loops.next().submit(calling::call).syncUninterruptibly().getNow());
    }

    static <T> T join(CompletionStage<T> stage) throws RedisUnavailable {
        try {
            return stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisUnavailable unavailable) {
                throw unavailable;
            }
            throw new AssertionError("a call may only fail as unavailable", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a call does not end", e);
        }
    }

    /** What Lettuce or Reactor started behind our back. */
    static List<String> foreignThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(each -> each.matches("(lettuce|parallel|boundedElastic|single).*"))
                .toList();
    }

    /** Why it failed; null if it did not. */
    static @Nullable Reason refusalOf(CompletionStage<?> stage) {
        try {
            join(stage);
            return null;
        } catch (RedisUnavailable e) {
            return e.reason();
        }
    }

    /** Why adding to the key fails now; null if it does not. */
    @Nullable Reason refusal(String key) {
        try {
            count(key, 1);
            return null;
        } catch (RedisUnavailable e) {
            return e.reason();
        }
    }

    /** For {@code await}: whether a call by each loop is answered. */
    boolean answers(String key) {
        return Stream.of(1, 2).allMatch(_ -> refusal(key) == null);
    }

    long failures(Reason reason) {
        return redis.status().failures().getOrDefault(reason, 0L);
    }

    @Override
    public void close() {
        redis.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
