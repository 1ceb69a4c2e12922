package dev.outrider.examples.training;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;

/** The app of both workloads: answers every request with 1 KiB, over HTTP/1.1 and HTTP/2. */
final class TrainingApp {
    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final ByteBuf BODY =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[1024])).asReadOnly();

    private TrainingApp() {}

    static void start(EventLoopGroup loops, int port) throws InterruptedException {
        new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                accept(channel);
                            }
                        })
                .bind("127.0.0.1", port)
                .sync();
    }

    private static void accept(SocketChannel channel) {
        HttpServerCodec http1 = new HttpServerCodec();
        channel.pipeline()
                .addLast(
                        new CleartextHttp2ServerUpgradeHandler(
                                http1,
                                new HttpServerUpgradeHandler(http1, _ -> null),
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(io.netty.channel.Channel http2) {
                                        http2(http2);
                                    }
                                }),
                        new HttpObjectAggregator(LARGEST_REQUEST),
                        new Answers());
    }

    private static void http2(io.netty.channel.Channel channel) {
        channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer().build(),
                        new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(io.netty.channel.Channel stream) {
                                        stream.pipeline()
                                                .addLast(
                                                        new Http2StreamFrameToHttpObjectCodec(true),
                                                        new HttpObjectAggregator(LARGEST_REQUEST),
                                                        new Answers());
                                    }
                                }));
    }

    private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            FullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, BODY.duplicate());
            if (TrainingCalls.isGrpc(request)) {
                response.headers().set(HttpHeaderNames.CONTENT_TYPE, TrainingCalls.GRPC);
                response.trailingHeaders().set("grpc-status", "0");
            } else {
                response.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            }
            context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
