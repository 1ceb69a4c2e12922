package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisConfig.Topology;
import dev.outrider.sidecar.resilience.Backoff;
import dev.outrider.sidecar.resilience.BackoffConfig;
import dev.outrider.sidecar.time.Ticker;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.CommandEncoder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.resolver.AddressResolverGroup;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/**
 * How Lettuce is set up: one client for each event loop, with no thread, no metrics and no timeouts
 * of its own; the calls have budgets instead.
 */
record Lettuce(
        RedisConfig config,
        RedisFiles files,
        RedisCounts counts,
        AddressResolverGroup<?> names,
        Ticker ticker,
        RandomGenerator random) {
    private static final String CLIENT_NAME = "outrider";
    private static final Backoff BACKOFF =
            new Backoff(
                    new BackoffConfig(
                            Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(1)));

    /** As a safety net; what happens to a cluster is mostly noticed by itself. */
    private static final Duration REFRESH = Duration.ofSeconds(30);

    /** For Lettuce's own commands, which our bound on calls does not count. */
    private static final int ROOM = 64;

    /** Flushes are gathered until the loop is done with what it does now. */
    private static final int FLUSHES = 256;

    /** How long to wait before the next try. */
    record Patience(Backoff backoff, RandomGenerator random) {}

    Patience patience() {
        return new Patience(BACKOFF, random);
    }

    RedisEvents events() {
        return new RedisEvents(counts);
    }

    RedisClient client(EventLoop loop, RedisEvents events) {
        RedisClient client =
                config.topology() == Topology.SENTINEL
                        ? new SentinelClient(resources(loop, events), loop, config)
                        : RedisClient.create(resources(loop, events));
        client.setOptions(options(ClientOptions.builder()).build());
        return client;
    }

    RedisClusterClient clusterClient(EventLoop loop, RedisEvents events) {
        RedisClusterClient client =
                RedisClusterClient.create(
                        resources(loop, events),
                        config.addresses().stream().map(it -> uri(it, config.user())).toList());
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options(options);
        client.setOptions(
                options.topologyRefreshOptions(
                                ClusterTopologyRefreshOptions.builder()
                                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                                        .enablePeriodicRefresh(REFRESH)
                                        .build())
                        .build());
        return client;
    }

    /** Of the one Redis, or of the sentinels that know it. */
    RedisURI uri() {
        if (config.topology() == Topology.SINGLE) {
            return uri(config.addresses().getFirst(), config.user());
        }
        RedisURI uri = uri(config.addresses().getFirst(), config.user());
        uri.setSentinelMasterId(config.master());
        config.addresses().forEach(it -> uri.getSentinels().add(uri(it, config.sentinelUser())));
        return uri;
    }

    private RedisURI uri(RedisAddress address, RedisUser user) {
        RedisURI uri = RedisURI.create(address.host(), address.port());
        uri.setTimeout(config.connectTimeout());
        uri.setClientName(CLIENT_NAME);
        // Redis before 7.2 does not know the command that would tell it these.
        uri.setLibraryName("");
        uri.setLibraryVersion("");
        uri.setDatabase(config.database());
        uri.setCredentialsProvider(files.credentials(user));
        if (config.tls() != null) {
            uri.setSsl(true);
            uri.setVerifyPeer(SslVerifyMode.FULL);
        }
        return uri;
    }

    private ClientResources resources(EventLoop loop, RedisEvents events) {
        return DefaultClientResources.builder()
                .eventLoopGroupProvider(new OneLoop(loop))
                .eventExecutorGroup(loop)
                .timer(new LoopTimer(loop))
                .eventBus(events)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
                .addressResolverGroup(names)
                .reconnectDelay(
                        new Delay() {
                            @Override
                            public Duration createDelay(long attempt) {
                                int retry = (int) Math.min(attempt - 1, 30);
                                return Duration.ofNanos(BACKOFF.delayNanos(retry, random));
                            }
                        })
                .nettyCustomizer(
                        new NettyCustomizer() {
                            @Override
                            public void afterChannelInitialized(Channel channel) {
                                channel.pipeline()
                                        .addFirst(new StallGuard(ticker))
                                        .addBefore(
                                                channel.pipeline()
                                                        .context(CommandEncoder.class)
                                                        .name(),
                                                null,
                                                new FlushConsolidationHandler(FLUSHES, true));
                            }
                        })
                .build();
    }

    private ClientOptions.Builder options(ClientOptions.Builder options) {
        return options.protocolVersion(ProtocolVersion.RESP2)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(config.pending() + ROOM)
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(
                        SocketOptions.builder()
                                .connectTimeout(config.connectTimeout())
                                .keepAlive(true)
                                .build())
                .sslOptions(ssl());
    }

    private SslOptions ssl() {
        return SslOptions.builder()
                .jdkSslProvider()
                .handshakeTimeout(config.connectTimeout())
                .sslContext(files::configure)
                .sslParameters(this::sslParameters)
                .build();
    }

    private SSLParameters sslParameters() {
        SSLParameters parameters = new SSLParameters();
        if (config.tls() != null && config.tls().serverName() != null) {
            parameters.setServerNames(List.of(new SNIHostName(config.tls().serverName())));
        }
        return parameters;
    }
}
