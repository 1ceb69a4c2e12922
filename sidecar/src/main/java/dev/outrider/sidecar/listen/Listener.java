package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open port. */
public final class Listener {
    /** Heard at every level of the log: tools wait for it. */
    private static final Logger STARTS = LoggerFactory.getLogger("dev.outrider.start");

    private static final int BACKLOG = 4096;

    /** How much of a response may wait for a slow client before its source is stopped. */
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private volatile ListenerConfig config;
    private final Handlers handlers;
    private volatile Security security;
    private final Predicate<InetSocketAddress> own;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final ServerFirst serverFirst;
    private final TurnedAway turnedAway;
    private final Map<Detected, LongAdder> detected = new EnumMap<>(Detected.class);
    private final ClientConnections clients = new ClientConnections();
    private final Set<Accepted> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile boolean draining;
    private volatile @Nullable Channel channel;

    /**
     * @param random safe on any thread
     * @param own whether an address is this proxy's own: no captured connection may go there
     */
    public Listener(
            ListenerConfig config,
            Handlers handlers,
            Security security,
            Predicate<InetSocketAddress> own,
            Ticker ticker,
            RandomGenerator random) {
        this.config = config;
        this.handlers = handlers;
        this.security = security;
        this.own = own;
        this.ticker = ticker;
        this.random = random;
        this.serverFirst = new ServerFirst(ticker);
        this.turnedAway = new TurnedAway(ticker);
        for (Detected each : Detected.values()) {
            detected.put(each, new LongAdder());
        }
    }

    /** Binds the port; blocks until that is done. */
    public void open(Transport transport, EventLoopGroup loops) throws IOException {
        if (config.capture() != Capture.NONE && transport.kind() == Transport.Kind.NIO) {
            throw new IOException(
                    name()
                            + " takes captured connections, and the nio transport cannot ask where"
                            + " they were going; set runtime.transport to auto, epoll or io-uring");
        }
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .childHandler(new Accept());
        var bound = bootstrap.bind(config.address().socketAddress()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    config.name()
                            + " cannot listen on "
                            + config.address()
                            + " ("
                            + bound.cause().getMessage()
                            + "); is another process on that port? `ss -ltnp` shows it",
                    bound.cause());
        }
        channel = bound.channel();
        STARTS.info(
                "{} listening on {}:{}", name(), address().getHostString(), address().getPort());
    }

    /** Holds for connections that come from now on; the address stays what it is. */
    public void change(ListenerConfig changed, Security demanded) {
        config = changed;
        security = demanded;
    }

    public String name() {
        return config.name();
    }

    public Direction direction() {
        return config.direction();
    }

    /** Where it really listens, if the configuration said port 0. */
    public InetSocketAddress address() {
        return channel == null
                ? config.address().socketAddress()
                : (InetSocketAddress) channel.localAddress();
    }

    public int connections() {
        return open.get();
    }

    /** Connections turned away because there were too many, of all or of one client. */
    public long refused() {
        return refused.sum();
    }

    /** Connections turned away for another reason. */
    public long turnedAway(TurnedAway.Reason reason) {
        return turnedAway.count(reason);
    }

    /** How many connections were taken for what. */
    public long detections(Detected protocol) {
        return adder(protocol).sum();
    }

    /**
     * Exchanges under way keep going; every connection closes as soon as it has none. Relayed
     * connections go on: they count, and their ends decide.
     */
    public void drain() {
        draining = true;
        for (Accepted each : accepted) {
            each.channel().eventLoop().execute(each::drain);
        }
    }

    /** Takes no new connections. */
    public void close() {
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
    }

    /** Cuts every connection; waits until they are closed, so that nothing of them is left. */
    public void cut() {
        accepted.forEach(each -> each.channel().close());
        accepted.forEach(
                each -> each.channel().closeFuture().awaitUninterruptibly(1, TimeUnit.SECONDS));
    }

    // ---- what its connections ask

    ListenerConfig config() {
        return config;
    }

    Handlers handlers() {
        return handlers;
    }

    Security security() {
        return security;
    }

    Ticker ticker() {
        return ticker;
    }

    /** May be asked on any loop. */
    RandomGenerator random() {
        return random;
    }

    ServerFirst serverFirst() {
        return serverFirst;
    }

    TurnedAway turnedAway() {
        return turnedAway;
    }

    boolean draining() {
        return draining;
    }

    void detected(Detected protocol) {
        adder(protocol).increment();
    }

    private LongAdder adder(Detected protocol) {
        LongAdder adder = detected.get(protocol);
        if (adder == null) {
            throw new IllegalStateException("no count of " + protocol);
        }
        return adder;
    }

    Predicate<InetSocketAddress> own() {
        return own;
    }

    private void left(Accepted connection) {
        accepted.remove(connection);
        open.decrementAndGet();
    }

    /** Whether the client may have one connection more; it is counted until it closes. */
    private boolean mayEnter(Channel channel) {
        InetSocketAddress client = (InetSocketAddress) channel.remoteAddress();
        int most = config.perClient();
        if (most == 0 || client == null || config.balancer(client)) {
            return true;
        }
        if (!clients.enter(client.getAddress(), most)) {
            return false;
        }
        channel.closeFuture().addListener(_ -> clients.leave(client.getAddress()));
        return true;
    }

    private final class Accept extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            if (open.incrementAndGet() > config.connections()) {
                open.decrementAndGet();
                refused.increment();
                channel.close();
                return;
            }
            if (!mayEnter(channel)) {
                open.decrementAndGet();
                refused.increment();
                channel.close();
                return;
            }
            Accepted connection = new Accepted(Listener.this, channel);
            accepted.add(connection);
            channel.closeFuture().addListener(_ -> left(connection));
            channel.pipeline().addLast(new Begin(connection));
        }
    }

    /** Starts a connection's way once its channel is active, so that every step finds it so. */
    private static final class Begin extends ChannelInboundHandlerAdapter {
        private final Accepted connection;

        Begin(Accepted connection) {
            this.connection = connection;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.pipeline().remove(this);
            connection.begin();
        }
    }
}
