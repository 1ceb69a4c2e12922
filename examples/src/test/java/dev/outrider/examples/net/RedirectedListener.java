package dev.outrider.examples.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A program that greets every connection with the port it came out at and the kernel's original
 * destination, then echoes. Its way to SO_ORIGINAL_DST is not the probe's own.
 */
final class RedirectedListener {
    private RedirectedListener() {}

    public static void main(String[] ports) throws Exception {
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        var bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(new Greeter());
                                    }
                                });
        for (String port : ports) {
            // Dual-stack: IPv4 comes as a mapped address.
            bootstrap.bind(new InetSocketAddress("::", Integer.parseInt(port))).sync();
        }
        System.out.println("ready");
        Thread.currentThread().join();
    }

    private static final class Greeter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            var channel = (EpollSocketChannel) context.channel();
            String line = channel.localAddress().getPort() + " " + original(channel) + "\n";
            context.writeAndFlush(Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private static String original(EpollSocketChannel channel) {
        byte[] peer = channel.remoteAddress().getAddress().getAddress();
        boolean v4 = peer.length == 4;
        ByteBuffer value = ByteBuffer.allocate(v4 ? 16 : 28).order(ByteOrder.BIG_ENDIAN);
        var option = new RawUnixChannelOption("SO_ORIGINAL_DST", v4 ? 0 : 41, 80, value.capacity());
        ByteBuffer got;
        try {
            got = channel.config().getOption(option);
        } catch (ChannelException e) {
            // A machine without rules does not track connections: then it is what it seems.
            return channel.localAddress().getAddress().getHostAddress()
                    + " "
                    + channel.localAddress().getPort();
        }
        byte[] address = new byte[v4 ? 4 : 16];
        got.order(ByteOrder.BIG_ENDIAN).get(v4 ? 4 : 8, address);
        try {
            return InetAddress.getByAddress(address).getHostAddress()
                    + " "
                    + (got.getShort(2) & 0xFFFF);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
