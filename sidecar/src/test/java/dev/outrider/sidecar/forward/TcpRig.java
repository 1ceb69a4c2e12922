package dev.outrider.sidecar.forward;

import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.discover.Endpoint;
import dev.outrider.sidecar.discover.EndpointSet;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpFlow;
import dev.outrider.sidecar.exchange.TcpObserver;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.ClientCertificates;
import dev.outrider.sidecar.tls.ExpectedPeer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsConfig;
import dev.outrider.sidecar.tls.TlsContexts;
import dev.outrider.sidecar.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A port on loopback whose connections are relayed, in plain text or behind mutual TLS. */
final class TcpRig implements AutoCloseable {
    final List<TcpFlow> opened = new CopyOnWriteArrayList<>();
    final List<TcpFlow> finished = new CopyOnWriteArrayList<>();
    final AtomicLong received = new AtomicLong();
    final AtomicLong sent = new AtomicLong();
    final Set<Channel> clients = ConcurrentHashMap.newKeySet();
    private final EventLoopGroup loops;
    private final Channel server;

    private TcpRig(Builder it, Transport transport, EventLoopGroup loops) {
        this.loops = loops;
        TcpForwarder forwarder =
                new TcpForwarder(
                        it.route,
                        new TcpForwarder.Context(
                                it.config,
                                new Remember(),
                                _ -> it.hold,
                                it.ticker,
                                it.clock,
                                new Random(7)));
        server =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel())
                        .childHandler(new Accept(it, forwarder))
                        .bind("127.0.0.1", 0)
                        .syncUninterruptibly()
                        .channel();
    }

    /** What a test may turn. */
    static final class Builder {
        private final TcpRoute route;
        private TcpConfig config = TcpConfig.DEFAULTS;
        private Ticker ticker = Ticker.system();
        private InstantSource clock = InstantSource.system();
        private @Nullable Identity identity;
        private Function<Channel, @Nullable InetSocketAddress> destination = _ -> null;
        private @Nullable CompletionStage<?> hold;

        Builder(TcpRoute route) {
            this.route = route;
        }

        Builder(Service service) {
            this(_ -> new TcpRoute.To(service, null, service.config().proxyProtocol()));
        }

        Builder config(TcpConfig config) {
            this.config = config;
            return this;
        }

        Builder hold(CompletionStage<?> hold) {
            this.hold = hold;
            return this;
        }

        Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        Builder mutualTls(Identity identity) {
            this.identity = identity;
            return this;
        }

        Builder goingTo(InetSocketAddress destination) {
            this.destination = _ -> destination;
            return this;
        }

        TcpRig start() {
            Transport transport = Transport.of(Transport.Kind.AUTO);
            return new TcpRig(this, transport, new MultiThreadIoEventLoopGroup(1, transport.io()));
        }
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    TcpFlow flow() {
        await().until(() -> !finished.isEmpty());
        return finished.getLast();
    }

    /** Whether the first connection has another to be relayed to. */
    boolean connectedOnce() {
        return !opened.isEmpty() && !opened.getFirst().attempts().isEmpty();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        clients.forEach(Channel::close);
        await().until(() -> finished.size() == opened.size());
        loops.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    // ---- services

    static Service service(ServiceConfigs.Knobs knobs, @Nullable Identity identity, int... ports) {
        Service service =
                Service.of("upstream", knobs.config(), context(identity, Ticker.system()));
        service.update(
                new EndpointSet(
                        1,
                        IntStream.of(ports)
                                .mapToObj(port -> new Endpoint("127.0.0.1", port))
                                .toList()));
        return service;
    }

    static Service.Context context(@Nullable Identity identity, Ticker ticker) {
        return new Service.Context(
                Transport.of(Transport.Kind.AUTO),
                () -> identity,
                ExpectedPeer.anyOf("cluster.local"),
                new RefusalLog(LoggerFactory.getLogger("rig"), ticker),
                (_, _, _) -> {},
                Self.NOWHERE,
                ticker);
    }

    // ---- identities

    /** An authority whose workloads trust each other. */
    static final class Trust {
        private final CertificateAuthority authority;
        private final Instant now = Instant.now();

        Trust() {
            SecureRandom random = new SecureRandom();
            authority =
                    CertificateAuthority.Root.create(
                                    "cluster.local", KeyAlgorithm.EC_P256, now, random)
                            .intermediate(KeyAlgorithm.EC_P256, now, random);
        }

        Identity identity(String name, Duration life, List<String> serverProtocols)
                throws IOException {
            return new TlsContexts(
                            TlsConfig.DEFAULTS,
                            serverProtocols,
                            InstantSource.system(),
                            dev.outrider.sidecar.tls.Revocations.none(),
                            new java.util.Random(7))
                    .identity(
                            authority.issue(
                                    SpiffeId.of("cluster.local", "shop", name),
                                    KeyAlgorithm.EC_P256,
                                    List.of(),
                                    now,
                                    life),
                            authority.bundle());
        }

        Identity identity(String name) throws IOException {
            return identity(name, Duration.ofDays(1), Alpn.TCP.offered());
        }
    }

    // ---- accepting

    private final class Accept extends ChannelInitializer<Channel> {
        private final Builder it;
        private final TcpForwarder forwarder;

        Accept(Builder it, TcpForwarder forwarder) {
            this.it = it;
            this.forwarder = forwarder;
        }

        @Override
        protected void initChannel(Channel channel) {
            clients.add(channel);
            channel.closeFuture().addListener(_ -> clients.remove(channel));
            Identity identity = it.identity;
            if (identity == null) {
                handOver(channel);
                return;
            }
            channel.pipeline()
                    .addLast(
                            identity.server(ClientCertificates.REQUIRED)
                                    .newHandler(channel.alloc()));
            channel.pipeline().addLast(new AfterHandshake());
        }

        private void handOver(Channel channel) {
            InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
            channel.pipeline()
                    .addLast(
                            forwarder.connected(
                                    new TcpConnection(
                                            Direction.OUTBOUND,
                                            Peer.plain(client),
                                            it.destination.apply(channel),
                                            null)));
        }

        private final class AfterHandshake extends ChannelInboundHandlerAdapter {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
                    handOver(ctx.channel());
                    ctx.pipeline().remove(this);
                } else {
                    ctx.fireUserEventTriggered(event);
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
            }
        }
    }

    private final class Remember implements TcpObserver {
        @Override
        public void opened(TcpFlow flow) {
            opened.add(flow);
        }

        @Override
        public void moved(TcpFlow flow, long bytesReceived, long bytesSent) {
            received.addAndGet(bytesReceived);
            sent.addAndGet(bytesSent);
        }

        @Override
        public void finished(TcpFlow flow) {
            finished.add(flow);
        }
    }
}
