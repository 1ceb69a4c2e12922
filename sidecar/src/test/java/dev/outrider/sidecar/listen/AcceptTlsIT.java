package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outrider.certs.CertificateAuthority;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.time.Ticker;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.tls.TlsConfig;
import dev.outrider.sidecar.tls.TlsContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What TLS tells about a connection: the peer, the protocol, and whose TLS it is. */
@SuppressWarnings("NullAway.Init") // each test starts what it needs
class AcceptTlsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");

    private final StringBuffer heard = new StringBuffer();
    private CertificateAuthority authority;
    private EventLoopGroup loops;
    private AcceptRig rig;

    @BeforeEach
    void issue() {
        SecureRandom random = new SecureRandom();
        Instant now = Instant.now();
        authority =
                CertificateAuthority.Root.create("cluster.local", KeyAlgorithm.EC_P256, now, random)
                        .intermediate(KeyAlgorithm.EC_P256, now, random);
        loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        rig.close();
    }

    @Test
    void relaysWhatTheMeshsOwnProtocolBrings() throws Exception {
        start(AppProtocol.AUTO, true);
        Channel client = connect(Alpn.TCP, Duration.ofDays(1));
        say(client, GET);
        TcpConnection connection = rig.relayed();
        assertThat(connection.peer().id()).isEqualTo(WEB);
        assertThat(connection.peer().tls()).isTrue();
        await().until(() -> heard.toString().equals(GET));
    }

    @Test
    void servesHttpByItsAlpn() throws Exception {
        start(AppProtocol.TCP, true);
        say(connect(Alpn.HTTP_1, Duration.ofDays(1)), GET);
        assertThat(rig.caller().id()).isEqualTo(WEB);
    }

    @Test
    void holdsTheRulesOfHttpWhereThePortIsSaidToBeHttp() throws Exception {
        start(AppProtocol.HTTP, true);
        say(connect(Alpn.TCP, Duration.ofDays(1)), GET);
        assertThat(rig.caller().id()).isEqualTo(WEB);
        assertThat(rig.relayed).isEmpty();
    }

    @Test
    void closesARelayedConnectionWhenTheCertificateEnds() throws Exception {
        start(AppProtocol.AUTO, true);
        Channel client = connect(Alpn.TCP, Duration.ofSeconds(10));
        say(client, "hello");
        await().until(() -> heard.toString().equals("hello"));
        assertThat(client.closeFuture().await(40, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void passesTheAppsTlsThroughWhereThePortSaysSo() throws Exception {
        start(AppProtocol.TLS, false);
        byte[] hello = ClientHelloTest.hello("app.example", "h2");
        try (Socket socket = rig.connect()) {
            socket.getOutputStream().write(hello);
            assertThat(socket.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        }
        TcpConnection connection = rig.relayed();
        assertThat(connection.serverName()).isEqualTo("app.example");
        assertThat(connection.peer().id()).isNull();
    }

    @Test
    void answersTheMeshWhereThePortIsTheAppsTls() throws Exception {
        start(AppProtocol.TLS, false);
        say(connect(Alpn.TCP, Duration.ofDays(1)), "hello");
        assertThat(rig.relayed().peer().id()).isEqualTo(WEB);
    }

    @Test
    void relaysASilentPlainClientWhereTlsMightHaveCome() throws Exception {
        start(AppProtocol.TCP, false);
        rig.greeting = "220 hello";
        try (Socket socket = rig.connect()) {
            assertThat(socket.getInputStream().readNBytes(9)).asString().isEqualTo("220 hello");
        }
        assertThat(rig.relayed().peer().tls()).isFalse();
    }

    private void start(AppProtocol spoken, boolean strict) throws IOException {
        Identity own = identity("orders", Duration.ofDays(1));
        RefusalLog refusals = new RefusalLog(LoggerFactory.getLogger("test"), Ticker.system());
        Security security =
                strict
                        ? new Security.MutualTls(() -> own, refusals)
                        : new Security.Permissive(() -> own, refusals);
        Duration patience = strict ? AcceptRig.LONG : Duration.ofSeconds(2);
        rig = new AcceptRig(spoken, patience, security);
    }

    private Identity identity(String name, Duration life) throws IOException {
        List<String> protocols = List.of("http/1.1", Alpn.TCP.offered().getFirst());
        return new TlsContexts(
                        TlsConfig.DEFAULTS,
                        protocols,
                        InstantSource.system(),
                        dev.outrider.sidecar.tls.Revocations.none(),
                        new java.util.Random(7))
                .identity(
                        authority.issue(
                                SpiffeId.of("cluster.local", "shop", name),
                                KeyAlgorithm.EC_P256,
                                List.of(),
                                Instant.now(),
                                life),
                        authority.bundle());
    }

    private Channel connect(Alpn alpn, Duration life) throws IOException {
        Identity web = identity("web", life);
        InetSocketAddress server = rig.listener.address();
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                web.client(alpn)
                                                        .newHandler(channel.alloc(), server))
                                        .addLast(new Hearing());
                            }
                        })
                .connect(server)
                .awaitUninterruptibly()
                .channel();
    }

    private static void say(Channel client, String text) {
        client.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private final class Hearing extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            heard.append(message.toString(StandardCharsets.US_ASCII));
        }
    }
}
