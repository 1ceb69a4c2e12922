package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.ServerConnection;
import dev.outrider.sidecar.http.h1.H1ServerConnection;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
    private final ConnectionHandler handler;
    private volatile Security security;
    private final Ticker ticker;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Channel> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile boolean draining;
    private @Nullable Channel channel;

    public Listener(
            ListenerConfig config, ConnectionHandler handler, Security security, Ticker ticker) {
        this.config = config;
        this.handler = handler;
        this.security = security;
        this.ticker = ticker;
    }

    /** Binds the port; blocks until that is done. */
    public void open(Transport transport, EventLoopGroup loops) throws IOException {
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

    /** Where it really listens, if the configuration said port 0. */
    public InetSocketAddress address() {
        return channel == null
                ? config.address().socketAddress()
                : (InetSocketAddress) channel.localAddress();
    }

    public int connections() {
        return open.get();
    }

    /** Connections turned away because there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** Exchanges under way keep going; every connection closes as soon as it has none. */
    public void drain() {
        draining = true;
        for (ServerConnection each : connections) {
            each.loop().execute(each::drain);
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
        accepted.forEach(Channel::close);
        accepted.forEach(each -> each.closeFuture().awaitUninterruptibly(1, TimeUnit.SECONDS));
    }

    /** Who the peer is has become clear: from here on the connection speaks HTTP. */
    ServerConnection established(Channel connection, Peer peer) {
        ServerConnection http =
                new H1ServerConnection(handler.connected(peer), config.limits(), ticker);
        // In this order: whoever finds it in the set may ask for its loop.
        connection.pipeline().addLast(http);
        connections.add(http);
        connection.closeFuture().addListener(_ -> connections.remove(http));
        if (draining) {
            http.drain();
        }
        return http;
    }

    private void left(Channel connection) {
        accepted.remove(connection);
        open.decrementAndGet();
    }

    private final class Accept extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel connection) {
            if (open.incrementAndGet() > config.connections()) {
                open.decrementAndGet();
                refused.increment();
                connection.close();
                return;
            }
            accepted.add(connection);
            connection.closeFuture().addListener(_ -> left(connection));
            security.secure(Listener.this, connection);
        }
    }
}
