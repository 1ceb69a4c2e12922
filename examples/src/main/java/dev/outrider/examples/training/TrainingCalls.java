package dev.outrider.examples.training;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers of one port, each with one call at a time, until so many were answered. */
final class TrainingCalls {
    private static final int LARGEST_RESPONSE = 64 * 1024;

    private final EventLoopGroup loops;
    private final TrainingDoor door;
    private final List<TrainingRequest> requests;
    private final int wanted;
    private final AtomicInteger toSend;
    private final AtomicInteger bad = new AtomicInteger();
    private final CountDownLatch toAnswer;

    /** Makes {@code requests} in turn. */
    TrainingCalls(
            EventLoopGroup loops, TrainingDoor door, List<TrainingRequest> requests, int calls) {
        this.loops = loops;
        this.door = door;
        this.requests = List.copyOf(requests);
        this.wanted = calls;
        this.toSend = new AtomicInteger(calls);
        this.toAnswer = new CountDownLatch(calls);
    }

    /** How many calls there are to be. */
    int wanted() {
        return wanted;
    }

    /** Counts down to zero as answers come. */
    CountDownLatch toAnswer() {
        return toAnswer;
    }

    /** Answers of other statuses than their requests say, and connections that broke. */
    int bad() {
        return bad.get();
    }

    void overHttp1(int connections) {
        TrainingDoor.Entrance entrance = door.entrance(ApplicationProtocolNames.HTTP_1_1);
        Bootstrap bootstrap = bootstrap();
        bootstrap.handler(
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        entrance.open(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpClientCodec(),
                                        new HttpObjectAggregator(LARGEST_RESPONSE),
                                        new Caller(Caller::call));
                    }
                });
        for (int i = 0; i < connections; i++) {
            bootstrap.connect();
        }
    }

    void overHttp2(int streams) throws InterruptedException {
        TrainingDoor.Entrance entrance = door.entrance(ApplicationProtocolNames.HTTP_2);
        Bootstrap bootstrap = bootstrap();
        bootstrap.handler(
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        entrance.open(channel);
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(
                                                new ChannelInitializer<>() {
                                                    @Override
                                                    protected void initChannel(Channel pushed) {
                                                        pushed.close();
                                                    }
                                                }),
                                        new EndedConnection());
                    }
                });
        Channel connection = bootstrap.connect().sync().channel();
        for (int i = 0; i < streams; i++) {
            open(connection);
        }
    }

    private void open(Channel connection) {
        new Http2StreamChannelBootstrap(connection)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                stream.pipeline()
                                        .addLast(
                                                new Http2StreamFrameToHttpObjectCodec(false),
                                                new HttpObjectAggregator(LARGEST_RESPONSE),
                                                new Caller((_, _) -> open(connection)));
                            }
                        })
                .open();
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .remoteAddress("127.0.0.1", door.port());
    }

    /** The proxy ends before its callers do. */
    private static final class EndedConnection extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** What a caller does when its call was answered. */
    private interface Next {
        void after(Caller caller, ChannelHandlerContext context);
    }

    /** One call at a time. */
    private final class Caller extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final Next next;
        private int expected;

        Caller(Next next) {
            this.next = next;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            call(context);
        }

        void call(ChannelHandlerContext context) {
            int left = toSend.getAndDecrement();
            if (left <= 0) {
                context.close();
                return;
            }
            TrainingRequest request = requests.get(left % requests.size());
            expected = request.status();
            context.writeAndFlush(request.message(door.host()));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.status().code() != expected) {
                bad.incrementAndGet();
            }
            toAnswer.countDown();
            next.after(this, context);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            bad.incrementAndGet();
            context.close();
        }
    }
}
