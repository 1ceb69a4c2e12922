package dev.outrider.sidecar;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.CharsetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket server over HTTP/1.1 that sends back each frame as it came. The text "close 4001" is
 * answered with that close code, "fragments" with a ping between two fragments.
 */
final class WebSocketApp implements AutoCloseable {
    private static final int MOST = 64 * 1024 * 1024;

    /**
     * What came besides messages, and the ends of connections: "pong x", "close 1000 x", "gone
     * after x".
     */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    WebSocketApp() {
        WebSocketServerProtocolConfig config =
                WebSocketServerProtocolConfig.newBuilder()
                        .websocketPath("/chat")
                        .subprotocols("superchat")
                        .maxFramePayloadLength(MOST)
                        .dropPongFrames(false)
                        .handleCloseFrames(false)
                        .build();
        channel =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel connection) {
                                        connection
                                                .pipeline()
                                                .addLast(new HttpServerCodec())
                                                .addLast(new HttpObjectAggregator(8192))
                                                .addLast(new WebSocketServerProtocolHandler(config))
                                                .addLast(new Echo(events));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .syncUninterruptibly()
                        .channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }

    private static final class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final BlockingQueue<String> events;
        private String last = "";

        Echo(BlockingQueue<String> events) {
            this.events = events;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            switch (frame) {
                case PongWebSocketFrame pong ->
                        events.add("pong " + pong.content().toString(CharsetUtil.UTF_8));
                case CloseWebSocketFrame close -> {
                    events.add("close " + close.statusCode() + " " + close.reasonText());
                    ctx.writeAndFlush(close.retain()).addListener(_ -> ctx.close());
                }
                case TextWebSocketFrame text when text.text().startsWith("close ") ->
                        ctx.writeAndFlush(
                                new CloseWebSocketFrame(
                                        Integer.parseInt(text.text().substring(6)), "as asked"));
                case TextWebSocketFrame text when text.text().equals("fragments") -> {
                    ctx.write(new TextWebSocketFrame(false, 0, "first "));
                    ctx.write(new PingWebSocketFrame(ctx.alloc().buffer().writeByte('p')));
                    ctx.writeAndFlush(new ContinuationWebSocketFrame(true, 0, "second"));
                }
                case TextWebSocketFrame text -> {
                    last = text.text();
                    ctx.writeAndFlush(text.retain());
                }
                default -> ctx.writeAndFlush(frame.retain());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add("gone after " + last);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            events.add("broken " + cause.getMessage());
            ctx.close();
        }
    }
}
