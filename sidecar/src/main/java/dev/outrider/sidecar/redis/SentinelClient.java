package dev.outrider.sidecar.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Asks the sentinels, one after the other, where the master is, each time a connection is made.
 * Lettuce's own look-up does so too, but on threads of Reactor's. On the loop.
 */
final class SentinelClient extends RedisClient {
    private final EventLoop loop;
    private final String master;
    private final long timeoutNanos;

    SentinelClient(ClientResources resources, EventLoop loop, RedisConfig config) {
        super(resources, new RedisURI());
        this.loop = loop;
        this.master = String.valueOf(config.master());
        this.timeoutNanos = config.connectTimeout().toNanos();
    }

    @Override
    protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
        return uri.getSentinels().isEmpty()
                ? super.getSocketAddress(uri)
                : Mono.defer(() -> Mono.fromCompletionStage(ask(uri.getSentinels(), 0)));
    }

    private CompletionStage<SocketAddress> ask(List<RedisURI> sentinels, int index) {
        CompletionStage<SocketAddress> answer = ask(sentinels.get(index));
        return index + 1 == sentinels.size()
                ? answer
                : answer.exceptionallyCompose(_ -> ask(sentinels, index + 1));
    }

    private CompletionStage<SocketAddress> ask(RedisURI sentinel) {
        return connectSentinelAsync(StringCodec.UTF8, sentinel).thenCompose(this::ask);
    }

    private CompletionStage<SocketAddress> ask(
            StatefulRedisSentinelConnection<String, String> sentinel) {
        CompletableFuture<SocketAddress> answer = new CompletableFuture<>();
        var timeout =
                loop.schedule(
                        () -> answer.completeExceptionally(silent("does not answer")),
                        timeoutNanos,
                        TimeUnit.NANOSECONDS);
        sentinel.async()
                .getMasterAddrByName(master)
                .whenComplete((address, error) -> told(answer, address, error));
        return answer.whenComplete((_, _) -> {
            timeout.cancel(false);
            var _ = sentinel.closeAsync();
        });
    }

    private void told(
            CompletableFuture<SocketAddress> answer,
            @Nullable SocketAddress address,
            @Nullable Throwable error) {
        if (error != null) {
            answer.completeExceptionally(error);
        } else if (address == null) {
            answer.completeExceptionally(silent("knows no master '" + master + "'"));
        } else {
            answer.complete(address);
        }
    }

    private static RedisUnavailable silent(String why) {
        return new RedisUnavailable(RedisUnavailable.Reason.DOWN, "the sentinel " + why);
    }
}
