package dev.outrider.sidecar.pod;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The health service of a gRPC app, on Netty's HTTP/2. The name asked for says how it answers. */
final class GrpcHealthApp implements AutoCloseable {
    final List<Http2Headers> heads = new CopyOnWriteArrayList<>();

    /** In hex, as they came. */
    final List<String> messages = new CopyOnWriteArrayList<>();

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel =
            new ServerBootstrap()
                    .group(group)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(
                            initializer(each ->
                                    each.pipeline()
                                            .addLast(Http2FrameCodecBuilder.forServer().build())
                                            .addLast(
                                                    new Http2MultiplexHandler(
                                                            initializer(stream ->
                                                                    stream.pipeline()
                                                                            .addLast(
                                                                                    new Health()))))))
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();

    private static ChannelInitializer<Channel> initializer(
            java.util.function.Consumer<Channel> action) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                action.accept(channel);
            }
        };
    }

    private final class Health extends SimpleChannelInboundHandler<Http2StreamFrame> {
        private final ByteBuf message = Unpooled.buffer();

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
            if (frame instanceof Http2HeadersFrame head) {
                heads.add(head.headers());
            } else if (frame instanceof Http2DataFrame data) {
                message.writeBytes(data.content());
                if (data.isEndStream()) {
                    messages.add(ByteBufUtil.hexDump(message));
                    answer(context, message.toString(java.nio.charset.StandardCharsets.UTF_8));
                }
            }
        }

        private void answer(ChannelHandlerContext context, String asked) {
            if (asked.contains("reset")) {
                context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
            } else if (asked.contains("unknown")) {
                trailers(context, "5", true);
            } else if (asked.contains("without")) {
                trailers(context, "12", true);
            } else if (asked.contains("failing")) {
                trailers(context, "13", true);
            } else if (asked.contains("web")) {
                Http2Headers head = new DefaultHttp2Headers().status("404");
                context.writeAndFlush(new DefaultHttp2HeadersFrame(head, true));
            } else {
                byte status = (byte) (asked.contains("down") ? 2 : asked.contains("none") ? 0 : 1);
                Http2Headers head =
                        new DefaultHttp2Headers()
                                .status("200")
                                .set("content-type", "application/grpc")
                                .set("x-long", "x".repeat(20_000));
                context.write(new DefaultHttp2HeadersFrame(head, false));
                byte[] whole =
                        status == 0
                                ? new byte[] {0, 0, 0, 0, 0}
                                : new byte[] {0, 0, 0, 0, 2, 8, status};
                ByteBuf content = Unpooled.wrappedBuffer(whole);
                context.write(new DefaultHttp2DataFrame(content, false, 7));
                trailers(context, "0", false);
            }
        }

        private void trailers(ChannelHandlerContext context, String status, boolean alone) {
            Http2Headers trailers = new DefaultHttp2Headers();
            if (alone) {
                trailers.status("200").set("content-type", "application/grpc");
            }
            trailers.set("grpc-status", status).set("grpc-message", "so it is");
            context.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
        }
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }
}
