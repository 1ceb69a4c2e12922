package dev.outrider.sidecar;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client or a server of clear HTTP/2 with prior knowledge, made of Netty's own stream channels.
 */
final class H2Peer implements AutoCloseable {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<H2Stream> accepted = new LinkedBlockingQueue<>();
    private final Channel channel;

    private H2Peer(int connect) {
        if (connect == 0) {
            channel =
                    new ServerBootstrap()
                            .group(group)
                            .channel(NioServerSocketChannel.class)
                            .childHandler(connection(Http2FrameCodecBuilder.forServer()))
                            .bind(InetAddress.getLoopbackAddress(), 0)
                            .syncUninterruptibly()
                            .channel();
        } else {
            channel =
                    new Bootstrap()
                            .group(group)
                            .channel(NioSocketChannel.class)
                            .handler(connection(Http2FrameCodecBuilder.forClient()))
                            .connect(InetAddress.getLoopbackAddress(), connect)
                            .syncUninterruptibly()
                            .channel();
        }
    }

    /** Connects to a port. */
    static H2Peer client(int port) {
        return new H2Peer(port);
    }

    static H2Peer server() {
        return new H2Peer(0);
    }

    private ChannelInitializer<Channel> connection(Http2FrameCodecBuilder codec) {
        codec.validateHeaders(false);
        return initializer(channel ->
                channel.pipeline()
                        .addLast(codec.build())
                        .addLast(new Http2MultiplexHandler(initializer(this::accept))));
    }

    private void accept(Channel stream) {
        H2Stream taken = new H2Stream(stream);
        stream.pipeline().addLast(taken);
        accepted.add(taken);
    }

    private static ChannelInitializer<Channel> initializer(
            java.util.function.Consumer<Channel> action) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                action.accept(channel);
            }
        };
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** The next stream that the other side opens. */
    H2Stream accept() throws IOException, InterruptedException {
        H2Stream stream = accepted.poll(Mesh.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (stream == null) {
            throw new IOException("nobody called");
        }
        return stream;
    }

    H2Stream open() {
        ChannelHandler none = initializer(_ -> {});
        Channel stream =
                new Http2StreamChannelBootstrap(channel)
                        .handler(none)
                        .open()
                        .syncUninterruptibly()
                        .getNow();
        H2Stream opened = new H2Stream(stream);
        stream.pipeline().addLast(opened);
        return opened;
    }

    /** A request of orders, with further fields in pairs. */
    H2Stream request(boolean last, String method, String path, String... pairs) {
        String[] begin = {
            ":method", method, ":scheme", "http", ":authority", "orders", ":path", path
        };
        String[] all = java.util.Arrays.copyOf(begin, begin.length + pairs.length);
        System.arraycopy(pairs, 0, all, begin.length, pairs.length);
        return open().head(last, all);
    }

    /** Tells the client of the connection that carries a stream to open no further ones. */
    static void goAway(H2Stream stream) {
        Channel connection = Objects.requireNonNull(stream.channel().parent());
        connection
                .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR))
                .syncUninterruptibly();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }
}
