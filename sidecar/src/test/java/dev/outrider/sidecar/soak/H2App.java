package dev.outrider.sidecar.soak;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An HTTP/2 app in plain text: sends the body back as it comes and ends with the trailers of a gRPC
 * call. It is Netty's codec, not ours.
 */
final class H2App implements Killable {
    private final EventLoopGroup group;
    private final int port;
    private ChannelGroup open = generation();

    H2App(EventLoopGroup group) {
        this.group = group;
        this.port = listen(0, open);
    }

    /** Once closed it closes also what is accepted at the last moment. */
    private static ChannelGroup generation() {
        return new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    }

    private int listen(int at, ChannelGroup open) {
        Channel listening =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.SO_LINGER, 0)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        open.add(channel);
                                        serve(channel);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), at)
                        .syncUninterruptibly()
                        .channel();
        open.add(listening);
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private static void serve(Channel channel) {
        channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer().build(),
                        new Http2MultiplexHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline().addLast(new Call());
                                    }
                                }),
                        new LastWord());
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        open.close().awaitUninterruptibly();
    }

    @Override
    public void restart() {
        open = generation();
        var _ = listen(port, open);
    }

    private static final class Call extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame head) {
                ctx.writeAndFlush(
                        new DefaultHttp2HeadersFrame(
                                new DefaultHttp2Headers()
                                        .status("200")
                                        .add("content-type", "application/grpc")));
                if (head.isEndStream()) {
                    end(ctx);
                }
            } else if (message instanceof Http2DataFrame data) {
                ByteBuf bytes = data.content();
                ctx.writeAndFlush(new DefaultHttp2DataFrame(bytes));
                if (data.isEndStream()) {
                    end(ctx);
                }
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        private static void end(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(
                    new DefaultHttp2HeadersFrame(
                            new DefaultHttp2Headers().add("grpc-status", "0"), true));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
