package dev.outrider.sidecar.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An echo server over TLS and its clients, on real sockets. */
final class Loopback implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ChannelGroup children =
            new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final BlockingQueue<Outcome> accepted = new LinkedBlockingQueue<>();

    /** How a handshake ended; the peer is null when it stayed anonymous. */
    sealed interface Outcome {
        record Done(@Nullable TlsPeer peer, @Nullable String protocol, String version)
                implements Outcome {}

        record Failed(TlsFailure failure) implements Outcome {}
    }

    private interface PeerOf {
        @Nullable TlsPeer of(SslHandler handler) throws PeerRefused;
    }

    final class Connection {
        private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private @Nullable Channel channel;

        Outcome outcome() throws InterruptedException {
            return taken(outcomes);
        }

        String echo(String text) throws InterruptedException {
            channel().writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            StringBuilder answer = new StringBuilder();
            while (answer.length() < text.length()) {
                answer.append(taken(lines));
            }
            return answer.toString();
        }

        void close() throws InterruptedException {
            channel().close().sync();
        }

        private Channel channel() {
            if (channel == null) {
                throw new AssertionError("not connected");
            }
            return channel;
        }
    }

    InetSocketAddress serve(Supplier<ServerTls> current) throws InterruptedException {
        return (InetSocketAddress)
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        children.add(child);
                                        ServerTls tls = current.get();
                                        child.pipeline()
                                                .addLast(
                                                        tls.newHandler(child.alloc()),
                                                        new Ending(
                                                                false,
                                                                h -> tls.peerOf(h.engine()),
                                                                accepted),
                                                        new Echo());
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel()
                        .localAddress();
    }

    /** What the server saw of the next connection. */
    Outcome accepted() throws InterruptedException {
        return taken(accepted);
    }

    Connection connect(ClientTls tls, InetSocketAddress server) throws InterruptedException {
        return connect(
                server,
                channel -> tls.newHandler(channel.alloc(), server),
                h -> tls.peerOf(h.engine()));
    }

    /** A client that is not ours. */
    Connection connect(InetSocketAddress server, HandlerOf handler) throws InterruptedException {
        return connect(server, handler, _ -> null);
    }

    interface HandlerOf {
        SslHandler of(Channel channel);
    }

    private Connection connect(InetSocketAddress server, HandlerOf handler, PeerOf peer)
            throws InterruptedException {
        Connection connection = new Connection();
        connection.channel =
                new Bootstrap()
                        .group(group)
                        .channel(NioSocketChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        handler.of(channel),
                                                        new Ending(true, peer, connection.outcomes),
                                                        new Collect(connection.lines));
                                    }
                                })
                        .connect(server)
                        .sync()
                        .channel();
        return connection;
    }

    @Override
    public void close() {
        // First the connections, each of which gives its engine back, then the loops.
        children.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
        group.shutdownGracefully(100, PATIENCE_SECONDS * 1_000, TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
    }

    private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing happened in " + PATIENCE_SECONDS + " s");
        }
        return next;
    }

    /**
     * Reports the handshake's end, and a failure after it, which is how TLS 1.3 refuses clients.
     */
    private static final class Ending extends ChannelInboundHandlerAdapter {
        private final boolean client;
        private final PeerOf peer;
        private final BlockingQueue<Outcome> outcomes;
        private boolean failed;

        Ending(boolean client, PeerOf peer, BlockingQueue<Outcome> outcomes) {
            this.client = client;
            this.peer = peer;
            this.outcomes = outcomes;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end) {
                if (!end.isSuccess()) {
                    fail(end.cause());
                    return;
                }
                SslHandler handler = ctx.pipeline().get(SslHandler.class);
                try {
                    outcomes.add(
                            new Outcome.Done(
                                    peer.of(handler),
                                    handler.applicationProtocol(),
                                    handler.engine().getSession().getProtocol()));
                } catch (PeerRefused e) {
                    fail(e);
                    ctx.close();
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
            ctx.close();
        }

        /** Netty tells of one failure by event and by exception. */
        private void fail(Throwable cause) {
            if (!failed) {
                failed = true;
                outcomes.add(new Outcome.Failed(TlsFailureText.describe(cause, client)));
            }
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static final class Collect extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<String> lines;

        Collect(BlockingQueue<String> lines) {
            this.lines = lines;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            lines.add(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
    }
}
