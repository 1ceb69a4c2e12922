package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisConfig.Topology;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The connections of all loops, their breakers and their counts. Any thread. */
final class RedisLoops implements AutoCloseable {
    /** A name may lead elsewhere soon: whoever fails over by DNS is followed. */
    private static final int LONGEST_NAME_SECONDS = 5;

    private final RedisConfig config;
    private final RedisFiles files;
    private final RedisCounts counts = new RedisCounts();
    private final Breakers breakers;
    private final AddressResolverGroup<?> names;
    private final List<LoopCalls> all = new ArrayList<>();
    private final Probe probe;

    /** Null where the proxy's own loops serve. */
    private final @Nullable EventLoopGroup own;

    static RedisLoops open(
            RedisConfig config,
            EventLoopGroup loops,
            Transport transport,
            Ticker ticker,
            RandomGenerator random)
            throws IOException {
        RedisFiles files = RedisFiles.open(config);
        RedisLoops made = new RedisLoops(config, files, loops, transport, ticker, random);
        made.all.forEach(each -> each.loop.execute(each.link::open));
        return made;
    }

    private RedisLoops(
            RedisConfig config,
            RedisFiles files,
            EventLoopGroup loops,
            Transport transport,
            Ticker ticker,
            RandomGenerator random) {
        this.config = config;
        this.files = files;
        this.breakers = new Breakers(config.breaker().asBreaker(), ticker, this::opened);
        Transport used = lettuces(transport);
        this.own = used.equals(transport) ? null : new MultiThreadIoEventLoopGroup(1, used.io());
        this.names =
                new DnsAddressResolverGroup(
                        new DnsNameResolverBuilder()
                                .datagramChannelType(used.datagramChannel())
                                .socketChannelType(used.clientChannel())
                                .resolveCache(new DefaultDnsCache(0, LONGEST_NAME_SECONDS, 0)));
        Lettuce lettuce = new Lettuce(config, files, counts, names, ticker, random);
        for (EventExecutor each : own == null ? loops : own) {
            EventLoop loop = (EventLoop) each;
            Link link =
                    config.topology() == Topology.CLUSTER
                            ? new ClusterLink(lettuce, loop, breakers)
                            : new StandaloneLink(lettuce, loop, breakers);
            all.add(new LoopCalls(loop, link, counts, ticker, config.pending()));
        }
        this.probe = new Probe(all.getFirst(), breakers, config);
    }

    /**
     * Lettuce picks its kind of channel by itself, epoll before io_uring. A proxy told to use
     * another kind gives it a loop of its own.
     */
    private static Transport lettuces(Transport transport) {
        if (Transports.socketChannelClass().equals(transport.clientChannel())) {
            return transport;
        }
        return Transport.of(Transport.Kind.AUTO);
    }

    String key(String key) {
        return config.prefix() + key;
    }

    Deadlines[] deadlines(Duration budget) {
        return all.stream().map(each -> each.deadlines(budget)).toArray(Deadlines[]::new);
    }

    /** The place of the loop that this thread is, else of any. */
    int here() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).loop.inEventLoop()) {
                return i;
            }
        }
        return (int) (Thread.currentThread().threadId() % all.size());
    }

    LoopCalls calls(int index) {
        return all.get(index);
    }

    private void opened(String id) {
        try {
            all.forEach(each -> each.loop.execute(each.link::doubt));
            probe.later(id);
        } catch (RejectedExecutionException e) {
            // The loops end, and with them all this.
            return;
        }
    }

    RedisStatus status() {
        return new RedisStatus(
                config.topology().word(),
                (int) all.stream().filter(each -> each.link.connected()).count(),
                all.size(),
                all.stream().mapToInt(LoopCalls::pending).sum(),
                counts.calls.sum(),
                counts.failures(),
                counts.late.sum(),
                breakers.opens(),
                breakers.words(),
                counts.lastError());
    }

    @Override
    public void close() {
        files.close();
        for (LoopCalls each : all) {
            try {
                each.loop.execute(each::close);
            } catch (RejectedExecutionException e) {
                // That loop has ended already, and closed its connections.
                continue;
            }
        }
        try {
            all.getFirst().loop.execute(names::close);
        } catch (RejectedExecutionException e) {
            names.close();
        }
        if (own != null) {
            var _ = own.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
