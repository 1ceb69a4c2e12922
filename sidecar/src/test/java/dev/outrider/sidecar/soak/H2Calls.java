package dev.outrider.sidecar.soak;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection that several callers share. It is Netty's codec, not ours. */
final class H2Calls implements AutoCloseable {
    private final EventLoopGroup group;
    private final int port;
    private @Nullable Channel channel;

    /** What comes on a stream. */
    sealed interface Event {
        /** A response's, or trailers. */
        record Head(Http2Headers fields, boolean last) implements Event {
            String field(String name) {
                CharSequence value = fields.get(name);
                return value == null ? "" : value.toString();
            }
        }

        record Data(byte[] bytes, boolean last) implements Event {}

        record Reset(long code) implements Event {}

        record Closed() implements Event {}
    }

    H2Calls(EventLoopGroup group, int port) {
        this.group = group;
        this.port = port;
    }

    private synchronized Channel connected() {
        Channel open = channel;
        if (open == null || !open.isActive()) {
            open =
                    new Bootstrap()
                            .group(group)
                            .channel(NioSocketChannel.class)
                            .handler(
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel made) {
                                            made.pipeline()
                                                    .addLast(
                                                            Http2FrameCodecBuilder.forClient()
                                                                    .build(),
                                                            new Http2MultiplexHandler(new Ignore()),
                                                            new LastWord());
                                        }
                                    })
                            .connect(InetAddress.getLoopbackAddress(), port)
                            .syncUninterruptibly()
                            .channel();
            channel = open;
        }
        return open;
    }

    Stream open(String method, String authority, boolean last) throws IOException {
        LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
        var opening =
                new Http2StreamChannelBootstrap(connected()).handler(new Collect(events)).open();
        if (!opening.awaitUninterruptibly().isSuccess()) {
            throw new IOException(opening.cause());
        }
        Http2StreamChannel stream = opening.getNow();
        Http2Headers head =
                new DefaultHttp2Headers()
                        .method(method)
                        .scheme("http")
                        .authority(authority)
                        .path("/soak.Echo/Call");
        if (!last) {
            head.add("content-type", "application/grpc").add("te", "trailers");
        }
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, last));
        return new Stream(stream, events);
    }

    @Override
    public synchronized void close() {
        Channel open = channel;
        if (open != null) {
            open.close().awaitUninterruptibly();
        }
    }

    record Stream(Http2StreamChannel channel, LinkedBlockingQueue<Event> events)
            implements AutoCloseable {
        void send(byte[] bytes, boolean last) {
            channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last));
        }

        Event next() throws IOException {
            try {
                Event event = events.poll(60, TimeUnit.SECONDS);
                if (event == null) {
                    throw new IOException("nothing came for 60 s");
                }
                return event;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    private static final class Ignore extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {} // a server opens none
    }

    private static final class Collect extends ChannelInboundHandlerAdapter {
        private final LinkedBlockingQueue<Event> events;

        Collect(LinkedBlockingQueue<Event> events) {
            this.events = events;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame head) {
                events.add(new Event.Head(head.headers(), head.isEndStream()));
            } else if (message instanceof Http2DataFrame data) {
                byte[] bytes = new byte[data.content().readableBytes()];
                data.content().readBytes(bytes);
                events.add(new Event.Data(bytes, data.isEndStream()));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                events.add(new Event.Reset(reset.errorCode()));
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add(new Event.Closed());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
