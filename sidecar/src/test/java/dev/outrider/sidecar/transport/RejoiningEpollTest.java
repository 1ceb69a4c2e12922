package dev.outrider.sidecar.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client closes its half, does not read for a while, and then reads a long answer. */
class RejoiningEpollTest {
    private static final int LONG = 16 * 1024 * 1024;

    @BeforeEach
    void needsEpoll() {
        assumeThat(Epoll.isAvailable()).isTrue();
    }

    @Test
    void aClientThatHasClosedItsHalfGetsALongAnswer() throws Exception {
        assertThat(bytesRead(RejoiningEpoll.newFactory())).isEqualTo(LONG);
    }

    /** When this fails, Netty is mended: delete RejoiningEpoll. */
    @Test
    void nettysOwnHandlerBreaksOff() throws Exception {
        assertThat(bytesRead(EpollIoHandler.newFactory())).isLessThan(LONG);
    }

    @Test
    void theEndOfTheLoopClosesAConnectionThatWaitsForNothing() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, RejoiningEpoll.newFactory());
        CompletableFuture<Channel> halfClosed = new CompletableFuture<>();
        Channel server = serve(loops, halfClosed);
        try (Socket client = connect(server)) {
            client.shutdownOutput();
            Channel channel = halfClosed.get(30, TimeUnit.SECONDS);
            // Without a quiet period a loop may end in its present turn and close nothing, not even
            // what Netty's own handler knows.
            loops.shutdownGracefully(50, 30_000, TimeUnit.MILLISECONDS).sync();
            assertThat(channel.isOpen()).isFalse();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static long bytesRead(IoHandlerFactory factory) throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, factory);
        CompletableFuture<Channel> halfClosed = new CompletableFuture<>();
        try (Socket client = connect(serve(loops, halfClosed))) {
            client.shutdownOutput();
            Channel channel = halfClosed.get(30, TimeUnit.SECONDS);
            // In a task of its own, after Netty has said that there is nothing more to hear.
            channel.eventLoop()
                    .submit(() ->
                            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[LONG]))
                                    .addListener(ChannelFutureListener.CLOSE))
                    .sync();
            return client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            return -1;
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Socket connect(Channel server) throws IOException {
        Socket socket = new Socket();
        socket.connect(server.localAddress());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static Channel serve(EventLoopGroup loops, CompletableFuture<Channel> halfClosed)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(new TellsHalfClose(halfClosed));
                            }
                        })
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .sync()
                .channel();
    }

    private static final class TellsHalfClose extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Channel> halfClosed;

        TellsHalfClose(CompletableFuture<Channel> halfClosed) {
            this.halfClosed = halfClosed;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownReadComplete) {
                halfClosed.complete(ctx.channel());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
