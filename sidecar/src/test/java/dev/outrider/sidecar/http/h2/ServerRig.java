package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.time.Ticker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** HTTP/2 in clear text on a port of loopback, with one event loop. */
final class ServerRig implements AutoCloseable {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<H2ServerConnection> connections = new ConcurrentLinkedQueue<>();
    private final Channel server;

    ServerRig(RequestHandler handler, H2Limits limits) throws InterruptedException {
        server =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        H2ServerConnection connection =
                                                new H2ServerConnection(
                                                        handler,
                                                        limits,
                                                        Ticker.system(),
                                                        new Random(1));
                                        connections.add(connection);
                                        channel.pipeline().addLast(connection);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    Queue<H2ServerConnection> connections() {
        return connections;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS)
                .awaitUninterruptibly(10_000);
    }
}
