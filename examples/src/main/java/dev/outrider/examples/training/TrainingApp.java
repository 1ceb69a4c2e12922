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
import java.util.concurrent.TimeUnit;

/**
 * The app of both workloads: answers with 1 KiB, over HTTP/1.1 and HTTP/2, but for some paths at
 * which it does not do well.
 */
final class TrainingApp {
    static final String MISSING = "/missing";
    static final String BUSY = "/busy";
    static final String BREAKING = "/breaking";
    static final String SLOW = "/slow";
    static final String LARGE = "/large";

    private static final int LARGEST_REQUEST = 512 * 1024;
    private static final int SLOW_MILLIS = 100;
    private static final ByteBuf BODY = body(1024);
    private static final ByteBuf LARGE_BODY = body(256 * 1024);

    private TrainingApp() {}

    private static ByteBuf body(int length) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[length])).asReadOnly();
    }

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
            boolean grpc = TrainingRequest.isGrpc(request);
            switch (request.uri()) {
                case MISSING -> context.writeAndFlush(answer(404, BODY, grpc));
                case BUSY -> context.writeAndFlush(answer(503, BODY, grpc));
                case LARGE -> context.writeAndFlush(answer(200, LARGE_BODY, grpc));
                case BREAKING -> context.close();
                case SLOW -> {
                    // Says that it was asked, to who leaves before the answer.
                    context.writeAndFlush(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1,
                                    HttpResponseStatus.EARLY_HINTS,
                                    Unpooled.EMPTY_BUFFER));
                    var _ =
                            context.executor()
                                    .schedule(
                                            () -> context.writeAndFlush(answer(200, BODY, grpc)),
                                            SLOW_MILLIS,
                                            TimeUnit.MILLISECONDS);
                }
                default -> context.writeAndFlush(answer(200, BODY, grpc));
            }
        }

        private static FullHttpResponse answer(int status, ByteBuf body, boolean grpc) {
            FullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.valueOf(status),
                            body.duplicate());
            if (grpc) {
                response.headers().set(HttpHeaderNames.CONTENT_TYPE, TrainingRequest.GRPC);
                response.trailingHeaders().set("grpc-status", "0");
            } else {
                response.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            }
            return response;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
