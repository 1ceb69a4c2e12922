package dev.outrider.sidecar.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** A way to do network input and output, with the channel types that go with it. */
public record Transport(
        Kind kind,
        IoHandlerFactory io,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends SocketChannel> clientChannel,
        Class<? extends DatagramChannel> datagramChannel) {

    /** What a user may ask for. */
    public enum Kind {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }

    /**
     * The transport asked for, or for AUTO the best that works here.
     *
     * @throws IllegalStateException if the one asked for does not work here, with the cause
     */
    public static Transport of(Kind wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? epoll() : IoUring.isAvailable() ? ioUring() : nio();
            case IO_URING -> {
                require(IoUring.isAvailable(), "io_uring", IoUring.unavailabilityCause());
                yield ioUring();
            }
            case EPOLL -> {
                require(Epoll.isAvailable(), "epoll", Epoll.unavailabilityCause());
                yield epoll();
            }
            case NIO -> nio();
        };
    }

    private static Transport ioUring() {
        return new Transport(
                Kind.IO_URING,
                IoUringIoHandler.newFactory(),
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class,
                IoUringDatagramChannel.class);
    }

    private static Transport epoll() {
        return new Transport(
                Kind.EPOLL,
                RejoiningEpoll.newFactory(),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollDatagramChannel.class);
    }

    private static Transport nio() {
        return new Transport(
                Kind.NIO,
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioSocketChannel.class,
                NioDatagramChannel.class);
    }

    /**
     * Lets a connection from a fixed address take its port only when it connects: it has to be
     * unique towards that destination then, and not on the whole host. Only epoll can.
     */
    public void portWhenConnecting(Bootstrap bootstrap) {
        if (kind == Kind.EPOLL) {
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
    }

    private static void require(
            boolean available, String name, @org.jspecify.annotations.Nullable Throwable cause) {
        if (!available) {
            throw new IllegalStateException(
                    "transport "
                            + name
                            + " does not work here; use auto, which picks one that does",
                    cause);
        }
    }
}
