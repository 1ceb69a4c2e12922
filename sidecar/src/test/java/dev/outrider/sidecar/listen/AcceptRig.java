package dev.outrider.sidecar.listen;

import static org.awaitility.Awaitility.await;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.AddressRange;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One listener whose HTTP says who called, and whose relay is an echo. */
final class AcceptRig implements AutoCloseable {
    static final Duration BRIEF = Duration.ofMillis(50);
    static final Duration LONG = Duration.ofMinutes(1);

    final BlockingQueue<TcpConnection> relayed = new LinkedBlockingQueue<>();
    final BlockingQueue<Peer> callers = new LinkedBlockingQueue<>();
    final Listener listener;
    private final EventLoopGroup loops;

    /** What the relay says of its own accord. */
    volatile @Nullable String greeting;

    AcceptRig(AppProtocol spoken, Duration detectTimeout, Security security) throws IOException {
        this(spoken, detectTimeout, security, Capture.NONE, List.of());
    }

    AcceptRig(
            AppProtocol spoken,
            Duration detectTimeout,
            Security security,
            Capture capture,
            List<AddressRange> balancers)
            throws IOException {
        Transport transport = Transport.of(Transport.Kind.AUTO);
        loops = new MultiThreadIoEventLoopGroup(1, transport.io());
        ListenerConfig config =
                new ListenerConfig(
                        "rig",
                        Direction.INBOUND,
                        IpPort.parse("127.0.0.1:0"),
                        50,
                        H1Limits.DEFAULTS,
                        H2Limits.DEFAULTS,
                        capture,
                        PortTable.DEFAULTS,
                        spoken,
                        detectTimeout,
                        balancers,
                        0);
        listener =
                new Listener(
                        config,
                        new Handlers((peer, _) -> new Greeter(peer), this::relay),
                        security,
                        _ -> false,
                        Ticker.system(),
                        new java.util.Random(7));
        listener.open(transport, loops);
    }

    private ChannelHandler relay(TcpConnection connection) {
        relayed.add(connection);
        return new Echo(greeting);
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress("127.0.0.1", listener.address().getPort()));
        return socket;
    }

    TcpConnection relayed() throws InterruptedException {
        TcpConnection connection = relayed.poll(20, TimeUnit.SECONDS);
        if (connection == null) {
            throw new AssertionError("nothing was relayed");
        }
        return connection;
    }

    Peer caller() throws InterruptedException {
        Peer peer = callers.poll(20, TimeUnit.SECONDS);
        if (peer == null) {
            throw new AssertionError("no request came");
        }
        return peer;
    }

    @Override
    public void close() {
        listener.close();
        listener.cut();
        await().until(() -> listener.connections() == 0);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Greeter implements RequestHandler {
        private final Peer peer;

        Greeter(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void request(RequestHead head, ServerStream stream) {
            callers.add(peer);
            stream.respond(new ResponseHead(204, new Headers(), 0), true);
            stream.flush();
        }

        @Override
        public void malformed(int status, String reason, String sentence, ServerStream stream) {
            stream.respond(new ResponseHead(status, new Headers(), 0), true);
            stream.flush();
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        private final @Nullable String greeting;

        Echo(@Nullable String greeting) {
            this.greeting = greeting;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            if (greeting != null) {
                ctx.writeAndFlush(Unpooled.copiedBuffer(greeting, StandardCharsets.UTF_8));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }
    }
}
