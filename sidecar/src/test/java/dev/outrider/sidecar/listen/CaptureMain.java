package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.http.h1.H1Limits;
import dev.outrider.sidecar.http.h2.H2Limits;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.transport.IpPort;
import dev.outrider.sidecar.transport.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs in a network namespace that {@link CaptureIT} has prepared: opens two listeners, connects to
 * the addresses given, and prints where the listeners say each connection was going.
 */
final class CaptureMain {
    static final int IPV4_PORT = 15001;
    static final int DUAL_PORT = 15002;

    /** As if another port of this process were there. */
    static final int OWN_PORT = 8081;

    private CaptureMain() {}

    /** {@code args}: the transport, then addresses to connect to. */
    public static void main(String[] args) throws Exception {
        Transport transport =
                Transport.of(Transport.Kind.valueOf(args[0].toUpperCase(Locale.ROOT)));
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, transport.io());
        Listener ipv4 = open("0.0.0.0:" + IPV4_PORT, transport, loops);
        Listener dual = open("[::]:" + DUAL_PORT, transport, loops);
        for (String each : List.of(args).subList(1, args.length)) {
            System.out.println(each + " -> " + ask(IpPort.parse(each).socketAddress()));
        }
        System.out.println("loops " + turnedAway(TurnedAway.Reason.LOOP, ipv4, dual));
        System.out.println("uncaptured " + turnedAway(TurnedAway.Reason.NOT_CAPTURED, ipv4, dual));
        ipv4.cut();
        dual.cut();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static long turnedAway(TurnedAway.Reason reason, Listener one, Listener other) {
        return one.turnedAway(reason) + other.turnedAway(reason);
    }

    private static Listener open(String address, Transport transport, EventLoopGroup loops)
            throws IOException {
        Listener listener =
                new Listener(
                        new ListenerConfig(
                                address,
                                Direction.OUTBOUND,
                                IpPort.parse(address),
                                10,
                                H1Limits.DEFAULTS,
                                H2Limits.DEFAULTS,
                                Capture.ALL,
                                PortTable.of(
                                        Map.of("8080", AppProtocol.TCP, "8082", AppProtocol.TCP)),
                                AppProtocol.TCP,
                                Duration.ofSeconds(1),
                                List.of(),
                                0),
                        new Handlers(
                                (_, _) -> {
                                    throw new IllegalStateException("nothing here is HTTP");
                                },
                                Answer::new),
                        new Security.Plain(),
                        destination -> destination.getPort() == OWN_PORT,
                        Ticker.system(),
                        new java.util.Random(7));
        listener.open(transport, loops);
        return listener;
    }

    private static String ask(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(20_000);
            socket.connect(address, 20_000);
            byte[] answer = socket.getInputStream().readAllBytes();
            return new String(answer, StandardCharsets.US_ASCII);
        }
    }

    /** Says where the connection was going, and ends it. */
    private static final class Answer extends ChannelInboundHandlerAdapter {
        private final TcpConnection connection;

        Answer(TcpConnection connection) {
            this.connection = connection;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            InetSocketAddress destination = connection.destination();
            String text =
                    destination == null ? "nowhere" : NetUtil.toSocketAddressString(destination);
            ctx.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
