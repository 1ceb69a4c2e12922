package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** To one Redis, or to whichever the sentinels call master when the connection is made. */
final class StandaloneLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceRedis.class);
    private static final String ID = "redis";
    private static final long ONCE_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LazyClient<RedisClient> client;
    private final CircuitBreaker breaker;
    private final Ticker ticker;
    private final Connecting<StatefulRedisConnection<String, String>> connecting;
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private long droppedNanos;
    private boolean lost;
    private boolean closed;

    StandaloneLink(Lettuce lettuce, EventLoop loop, Breakers breakers) {
        this.client = new LazyClient<>(() -> lettuce.client(loop, lettuce.events()));
        this.breaker = breakers.of(ID, ID);
        this.ticker = lettuce.ticker();
        this.droppedNanos = ticker.nanos() - ONCE_A_SECOND;
        this.connecting =
                new Connecting<>(
                        loop,
                        () -> client.get().connectAsync(StringCodec.UTF8, lettuce.uri()),
                        this::made,
                        lettuce.patience(),
                        lettuce.counts());
    }

    @Override
    public void open() {
        connecting.start();
    }

    private void made(StatefulRedisConnection<String, String> made) {
        made.addListener(
                new RedisConnectionStateListener() {
                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                        if (!closed && !lost) {
                            LOG.warn("redis: a connection is lost, trying on");
                        }
                        lost = true;
                    }

                    @Override
                    public void onRedisConnected(
                            RedisChannelHandler<?, ?> handler, SocketAddress address) {
                        lost = false;
                        LOG.info("redis: connected again, to {}", address);
                    }
                });
        connection = made;
    }

    @Override
    public boolean connected() {
        StatefulRedisConnection<String, String> current = connection;
        return current != null && current.isOpen();
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<String, String> commands() {
        return async();
    }

    private @Nullable RedisAsyncCommands<String, String> async() {
        StatefulRedisConnection<String, String> current = connection;
        return current != null && current.isOpen() ? current.async() : null;
    }

    @Override
    public CircuitBreaker breaker(String key) {
        return breaker;
    }

    @Override
    public boolean lossIsIll() {
        return false;
    }

    @Override
    public @Nullable CompletionStage<String> ping(String id) {
        RedisAsyncCommands<String, String> redis = async();
        return redis == null ? null : redis.ping();
    }

    /** A master that has become a replica is left for the one that is master now. */
    @Override
    public void heard(Reason reason) {
        long now = ticker.nanos();
        if (reason == Reason.READ_ONLY
                && now - droppedNanos >= ONCE_A_SECOND
                && connection instanceof RedisChannelHandler<?, ?> handler
                && handler.getChannelWriter() instanceof DefaultEndpoint endpoint) {
            droppedNanos = now;
            endpoint.disconnect();
        }
    }

    @Override
    public void doubt() {
        // A connection that hangs is cut by its StallGuard, and the sentinels are asked then.
    }

    @Override
    public void close() {
        closed = true;
        connecting.close();
        connection = null;
        client.close();
    }
}
