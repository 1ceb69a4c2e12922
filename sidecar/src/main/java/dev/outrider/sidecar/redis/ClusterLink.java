package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import dev.outrider.sidecar.resilience.CircuitBreaker;
import dev.outrider.sidecar.time.Ticker;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * To a cluster: a connection to each master. Lettuce follows redirections and learns who serves
 * what; here each master has its own breaker, so that a third of the keys without a master costs
 * the other two nothing.
 */
final class ClusterLink implements Link {
    private static final long ONCE_A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LazyClient<RedisClusterClient> client;
    private final Breakers breakers;
    private final EventLoop loop;
    private final Ticker ticker;
    private final Connecting<StatefulRedisClusterConnection<String, String>> connecting;
    private volatile @Nullable StatefulRedisClusterConnection<String, String> connection;
    private boolean refreshing;
    private long refreshedNanos;

    ClusterLink(Lettuce lettuce, EventLoop loop, Breakers breakers) {
        RedisEvents events = lettuce.events();
        this.client = new LazyClient<>(() -> lettuce.clusterClient(loop, events));
        this.breakers = breakers;
        this.loop = loop;
        this.ticker = lettuce.ticker();
        this.refreshedNanos = ticker.nanos();
        this.connecting =
                new Connecting<>(
                        loop,
                        () ->
                                client.get()
                                        .refreshPartitionsAsync()
                                        .thenCompose(
                                                _ -> client.get().connectAsync(StringCodec.UTF8)),
                        this::made,
                        lettuce.patience(),
                        lettuce.counts());
        events.onTopologyChange(() -> loop.execute(this::warm));
    }

    @Override
    public void open() {
        connecting.start();
    }

    private void made(StatefulRedisClusterConnection<String, String> made) {
        connection = made;
        warm();
    }

    /** Lettuce would connect to a node at its first call, and fail that one meanwhile. */
    private void warm() {
        StatefulRedisClusterConnection<String, String> current = connection;
        if (current == null) {
            return;
        }
        for (RedisClusterNode each : current.getPartitions()) {
            if (each.is(RedisClusterNode.NodeFlag.UPSTREAM) && !each.hasNoSlots()) {
                var _ =
                        current.getConnectionAsync(
                                each.getUri().getHost(), each.getUri().getPort());
            }
        }
        breakers.retain(
                current.getPartitions().stream()
                        .map(RedisClusterNode::getNodeId)
                        .collect(Collectors.toSet()));
    }

    @Override
    public boolean connected() {
        StatefulRedisClusterConnection<String, String> current = connection;
        return current != null && current.isOpen();
    }

    @Override
    public @Nullable RedisClusterAsyncCommands<String, String> commands() {
        StatefulRedisClusterConnection<String, String> current = connection;
        return current == null ? null : current.async();
    }

    @Override
    public @Nullable CircuitBreaker breaker(String key) {
        StatefulRedisClusterConnection<String, String> current = connection;
        RedisClusterNode node =
                current == null
                        ? null
                        : current.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
        if (node == null) {
            return null;
        }
        CircuitBreaker known = breakers.known(node.getNodeId());
        return known != null
                ? known
                : breakers.of(
                        node.getNodeId(), node.getUri().getHost() + ":" + node.getUri().getPort());
    }

    @Override
    public boolean lossIsIll() {
        return true;
    }

    @Override
    public @Nullable CompletionStage<String> ping(String id) {
        StatefulRedisClusterConnection<String, String> current = connection;
        RedisClusterNode node =
                current == null ? null : current.getPartitions().getPartitionByNodeId(id);
        if (current == null || node == null) {
            return null;
        }
        return current.getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
                .thenCompose(it -> it.async().ping());
    }

    /** Lettuce follows MOVED by itself; what is left says that its picture is old. */
    @Override
    public void heard(Reason reason) {
        if (reason == Reason.MOVED || reason == Reason.READ_ONLY) {
            doubt();
        }
    }

    @Override
    public void doubt() {
        long now = ticker.nanos();
        RedisClusterClient made = client.ifMade();
        if (made == null
                || connection == null
                || refreshing
                || now - refreshedNanos < ONCE_A_SECOND) {
            return;
        }
        refreshing = true;
        made.refreshPartitionsAsync()
                .whenCompleteAsync(
                        (_, _) -> {
                            refreshing = false;
                            refreshedNanos = ticker.nanos();
                        },
                        loop);
    }

    @Override
    public void close() {
        connecting.close();
        connection = null;
        client.close();
    }
}
