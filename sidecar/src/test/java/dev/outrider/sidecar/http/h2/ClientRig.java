package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.time.Ticker;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client connection to a port of loopback, driven from a test's thread through its loop. */
final class ClientRig implements AutoCloseable, ClientConnection.Owner {
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final H2ClientConnection connection;
    private final EventLoop loop;
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger released = new AtomicInteger();

    ClientRig(int port, H2Limits limits) throws InterruptedException {
        connection = new H2ClientConnection(this, limits, Ticker.system(), "http");
        Channel channel =
                new Bootstrap()
                        .group(group)
                        .channel(NioSocketChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(connection);
                                    }
                                })
                        .connect(InetAddress.getLoopbackAddress(), port)
                        .sync()
                        .channel();
        loop = channel.eventLoop();
    }

    static RequestHead head(String method, String target, long length, @Nullable String upgrade) {
        Headers headers = new Headers();
        headers.add("Host", "echo.test");
        return new RequestHead(
                method, target, "echo.test", headers, length, HttpVersion.HTTP_2, upgrade);
    }

    /** Opens a stream and sends its head. */
    Recorder send(RequestHead head, boolean last) {
        return call(() -> {
            Recorder recorder = new Recorder(loop);
            ClientStream stream = connection.open(recorder);
            recorder.stream(stream);
            stream.request(head, last);
            stream.flush();
            return recorder;
        });
    }

    <T> T call(Supplier<T> task) {
        return loop.submit(task::get).syncUninterruptibly().getNow();
    }

    void run(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    H2ClientConnection connection() {
        return connection;
    }

    int capacity() {
        return call(connection::capacity);
    }

    @Override
    public void released(ClientConnection connection) {
        released.incrementAndGet();
    }

    @Override
    public void closed(ClientConnection connection) {
        closed.incrementAndGet();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }
}
