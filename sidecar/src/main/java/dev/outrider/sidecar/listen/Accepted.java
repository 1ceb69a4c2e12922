package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.ServerConnection;
import dev.outrider.sidecar.http.h1.H1ServerConnection;
import dev.outrider.sidecar.http.h2.H2ServerConnection;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.PublicTls;
import dev.outrider.sidecar.tls.RefusalLog;
import dev.outrider.sidecar.transport.AppsCaller;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection on its way to whoever serves it. The steps, each a handler that removes itself:
 * {@link ProxyHeaderStep}, original destination and port table (at once), {@link Detection} or
 * {@link Handshake}, and after a handshake without ALPN {@link Detection} again; then HTTP or TCP.
 * On the connection's loop, {@link #channel} apart.
 */
final class Accepted {
    /** The ALPN protocol of bytes that one sidecar relays to another. */
    static final String RELAYED = Alpn.TCP.offered().getFirst();

    private final Listener listener;
    private final Channel channel;
    private InetSocketAddress client;
    private @Nullable InetSocketAddress destination;
    private AppProtocol expected;
    private @Nullable ServerConnection http;

    /** Nothing has come of its client yet, and nothing is under way for it. */
    private boolean silent;

    private boolean closing;

    Accepted(Listener listener, Channel channel) {
        this.listener = listener;
        this.channel = channel;
        this.client = (InetSocketAddress) channel.remoteAddress();
        this.expected = listener.config().uncaptured();
    }

    /** From any thread. */
    Channel channel() {
        return channel;
    }

    Listener listener() {
        return listener;
    }

    AppProtocol expected() {
        return expected;
    }

    InetSocketAddress client() {
        return client;
    }

    /** The client is behind a balancer, which has said where. */
    void client(InetSocketAddress client) {
        this.client = client;
    }

    /** The first step, on the active channel. */
    void begin() {
        if (listener.config().direction() == Direction.INBOUND && AppsCaller.is(client)) {
            turnAway(
                    TurnedAway.Reason.LOOP,
                    "it is this proxy's own connection to the app, led back here: the capture rules"
                            + " have to let pass what comes from that address, as those of outrider"
                            + " init do");
            return;
        }
        if (listener.config().balancer(client)) {
            channel.pipeline().addLast(new ProxyHeaderStep(this));
        } else {
            locate();
        }
    }

    /** Asks where the connection was going, and with that what it should speak. */
    void locate() {
        Capture capture = listener.config().capture();
        InetSocketAddress original =
                capture == Capture.NONE ? null : OriginalDestination.of(channel);
        boolean may =
                switch (capture) {
                    case NONE -> true;
                    case ALL -> original != null;
                    case OR_LOOPBACK -> original != null || client.getAddress().isLoopbackAddress();
                };
        if (!may) {
            turnAway(
                    TurnedAway.Reason.NOT_CAPTURED,
                    "it was not redirected here, and who connects here of his own accord may not"
                            + " use this port");
        } else if (original != null && listener.own().test(original)) {
            turnAway(TurnedAway.Reason.LOOP, "it was going to this proxy itself, " + original);
        } else {
            if (original != null) {
                destination = original;
                expected = listener.config().ports().of(original.getPort());
            }
            secure();
        }
    }

    private void secure() {
        switch (listener.security()) {
            case Security.Plain _ -> detect(Peer.plain(client));
            case Security.MutualTls tls -> handshake(tls.identity(), true, tls.refusals());
            case Security.Permissive tls ->
                    channel.pipeline().addLast(new Detection(this, Peer.plain(client), tls));
            case Security.Public it -> {
                PublicTls tls = it.tls().get();
                if (tls == null) {
                    turnAway(TurnedAway.Reason.NO_IDENTITY, "there is no certificate to show");
                } else {
                    PublicHandshake.begin(this, tls, it.refusals());
                }
            }
        }
    }

    void handshake(Supplier<@Nullable Identity> identity, boolean required, RefusalLog refusals) {
        Identity current = identity.get();
        if (current == null) {
            turnAway(TurnedAway.Reason.NO_IDENTITY, "this workload has no certificate yet");
        } else {
            Handshake.begin(this, current, required, refusals);
        }
    }

    /** The handshake is done; {@code protocol} is what ALPN has settled, null for nothing. */
    void handshaken(Peer peer, @Nullable String protocol) {
        if (HttpVersion.HTTP_2.alpn().equals(protocol)) {
            http2(peer);
        } else if (HttpVersion.HTTP_1_1.alpn().equals(protocol)) {
            http1(peer);
        } else if (RELAYED.equals(protocol) && !expected.http()) {
            tcp(peer, null, Detected.TCP);
        } else {
            // On a port said to be HTTP the caller may be mistaken; the rules for HTTP hold there.
            detect(peer);
        }
        settle();
    }

    private void detect(Peer peer) {
        switch (expected) {
            case HTTP2, GRPC -> http2(peer);
            case TCP -> tcp(peer, null, Detected.TCP);
            case AUTO -> {
                if (listener.serverFirst().knows(memoryKey())) {
                    tcp(peer, null, Detected.SERVER_FIRST);
                } else {
                    channel.pipeline().addLast(new Detection(this, peer, null));
                }
            }
            case HTTP, TLS -> channel.pipeline().addLast(new Detection(this, peer, null));
        }
    }

    private InetSocketAddress memoryKey() {
        return destination != null ? destination : listener.address();
    }

    // ---- where the way ends

    void http1(Peer peer) {
        var requests = listener.handlers().http().connected(peer, destination);
        serve(
                new H1ServerConnection(requests, listener.config().limits(), listener.ticker()),
                Detected.HTTP1);
    }

    void http2(Peer peer) {
        var requests = listener.handlers().http().connected(peer, destination);
        ListenerConfig config = listener.config();
        serve(
                new H2ServerConnection(
                        requests, config.http2(), listener.ticker(), listener.random()),
                Detected.HTTP2);
    }

    private void serve(ServerConnection connection, Detected detected) {
        listener.detected(detected);
        silent = false;
        http = connection;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        channel.pipeline().addLast(connection);
    }

    void tcp(Peer peer, @Nullable String serverName, Detected detected) {
        silent = false;
        ListenerConfig config = listener.config();
        ChannelHandler relay =
                listener.handlers()
                        .tcp()
                        .connected(
                                new TcpConnection(
                                        config.direction(), peer, destination, serverName));
        listener.detected(detected);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        boolean learning =
                detected == Detected.SERVER_FIRST
                        || detected == Detected.SILENT && expected == AppProtocol.AUTO;
        if (learning) {
            channel.pipeline().addLast(new FirstWord(listener.serverFirst(), memoryKey()));
        }
        channel.pipeline().addLast(relay);
    }

    void turnAway(TurnedAway.Reason reason, String sentence) {
        closing = true;
        listener.turnedAway().add(reason, listener.name(), client.getAddress(), sentence);
        channel.close();
    }

    /** A step leaves and lets the next one have what had come; takes the bytes over. */
    void handOver(ChannelHandlerContext ctx, ChannelHandler step, ByteBuf bytes) {
        if (channel.isActive() && !closing && bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        } else {
            bytes.release();
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(step);
        }
        settle();
    }

    // ---- its end

    /** Whether its client is awaited for the first byte. */
    void silent(boolean silent) {
        this.silent = silent;
    }

    /** After what had come was given away: a request that is there is still answered. */
    private void settle() {
        if (http != null && listener.draining()) {
            http.drain();
        }
    }

    /** A relayed connection cannot be told; it ends by itself or is cut. */
    void drain() {
        if (http != null) {
            http.drain();
        } else if (silent) {
            channel.close();
        }
    }

    /** An identity is good until its certificate ends, and so is a connection that rests on it. */
    void endAfter(Duration validFor) {
        Future<?> end =
                channel.eventLoop()
                        .schedule(this::expire, validFor.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> end.cancel(false));
    }

    private void expire() {
        if (http != null) {
            http.drain();
        } else {
            channel.close();
        }
    }
}
