package dev.outrider.examples.training;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers of one outbound port, each with one call at a time, until so many were answered. */
final class TrainingCalls {
    static final String GRPC = "application/grpc";

    private static final int LARGEST_RESPONSE = 64 * 1024;
    private static final ByteBuf MESSAGE =
            Unpooled.unreleasableBuffer(
                            Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 3, 'a', 'b', 'c'}))
                    .asReadOnly();

    private final EventLoopGroup loops;
    private final int port;
    private final String service;
    private final AtomicInteger toSend;
    private final AtomicInteger bad = new AtomicInteger();
    private final CountDownLatch toAnswer;

    TrainingCalls(EventLoopGroup loops, int port, String service, int calls) {
        this.loops = loops;
        this.port = port;
        this.service = service;
        this.toSend = new AtomicInteger(calls);
        this.toAnswer = new CountDownLatch(calls);
    }

    /** Counts down to zero as answers come. */
    CountDownLatch toAnswer() {
        return toAnswer;
    }

    /** Answers other than 200, and connections that broke. */
    int bad() {
        return bad.get();
    }

    static boolean isGrpc(HttpMessage message) {
        return GRPC.equals(message.headers().get(HttpHeaderNames.CONTENT_TYPE));
    }

    void overHttp1(int connections) {
        Bootstrap bootstrap = bootstrap();
        bootstrap.handler(
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpClientCodec(),
                                        new HttpObjectAggregator(LARGEST_RESPONSE),
                                        new Caller(false, context -> call(context, false)));
                    }
                });
        for (int i = 0; i < connections; i++) {
            bootstrap.connect();
        }
    }

    /** Every other stream makes calls in the shape of gRPC. */
    void overHttp2(int streams) throws InterruptedException {
        Bootstrap bootstrap = bootstrap();
        bootstrap.handler(
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(
                                                new ChannelInitializer<>() {
                                                    @Override
                                                    protected void initChannel(Channel pushed) {
                                                        pushed.close();
                                                    }
                                                }));
                    }
                });
        Channel connection = bootstrap.connect().sync().channel();
        for (int i = 0; i < streams; i++) {
            open(connection, i % 2 == 0);
        }
    }

    private void open(Channel connection, boolean grpc) {
        new Http2StreamChannelBootstrap(connection)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                stream.pipeline()
                                        .addLast(
                                                new Http2StreamFrameToHttpObjectCodec(false),
                                                new HttpObjectAggregator(LARGEST_RESPONSE),
                                                new Caller(grpc, _ -> open(connection, grpc)));
                            }
                        })
                .open();
    }

    private void call(ChannelHandlerContext context, boolean grpc) {
        if (toSend.getAndDecrement() > 0) {
            context.writeAndFlush(request(grpc));
        } else {
            context.close();
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .remoteAddress("127.0.0.1", port);
    }

    private FullHttpRequest request(boolean grpc) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        grpc ? HttpMethod.POST : HttpMethod.GET,
                        grpc ? "/shop.Orders/Get" : "/orders/7?verbose=1",
                        grpc ? MESSAGE.duplicate() : Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, service)
                .set(HttpHeaderNames.USER_AGENT, "training")
                .set(HttpHeaderNames.ACCEPT, "*/*");
        if (grpc) {
            request.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, GRPC)
                    .set(HttpHeaderNames.TE, "trailers");
        }
        return request;
    }

    /** What a caller does when its call was answered. */
    private interface Next {
        void after(ChannelHandlerContext context);
    }

    /** One call at a time. */
    private final class Caller extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final boolean grpc;
        private final Next next;

        Caller(boolean grpc, Next next) {
            this.grpc = grpc;
            this.next = next;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            call(context, grpc);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.status().code() != 200) {
                bad.incrementAndGet();
            }
            toAnswer.countDown();
            next.after(context);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            bad.incrementAndGet();
            context.close();
        }
    }
}
