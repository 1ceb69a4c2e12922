package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.balance.Member;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.tls.Alpn;
import dev.outrider.sidecar.tls.ClientTls;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.PeerRefused;
import dev.outrider.sidecar.tls.TlsFailure;
import dev.outrider.sidecar.tls.TlsFailureText;
import dev.outrider.sidecar.tls.TlsPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A relay's connection to a member on its way: TCP, then TLS if the service wants it, then the
 * check of who answered. It stands in the pipeline where the {@link TcpEnd} will, so that no byte
 * which a server sends first can come between. The one who waits holds the clock. On the loop.
 */
final class TcpDial extends ChannelInboundHandlerAdapter {
    /** Told once, unless it cancelled. */
    interface Waiter {
        /**
         * @param until when the certificates end on which the connection rests; null without
         */
        void connected(@Nullable Instant until);

        void notConnected(Failure failure);
    }

    private final Service service;
    private final Member member;
    private final String endpoint;
    private final InetSocketAddress address;
    private final @Nullable Identity identity;
    private final TcpEnd end;
    private final Waiter waiter;
    private @Nullable ClientTls tls;
    private @Nullable SslHandler ssl;
    private @Nullable Channel channel;
    private boolean over;

    TcpDial(Service service, Member member, TcpEnd end, Waiter waiter) {
        this.service = service;
        this.member = member;
        this.endpoint = member.address();
        this.address = service.targets().address(member);
        this.identity = service.currentIdentity();
        this.end = end;
        this.waiter = waiter;
    }

    void start(EventLoop loop) {
        Failure hindrance = Dialing.hindrance(service, address, identity);
        if (hindrance != null) {
            failed(hindrance);
            return;
        }
        ChannelFuture future = Dialing.connect(loop, service, address, this);
        channel = future.channel();
        Dialing.whenDone(future, loop, this::tcpConnected);
    }

    /** Gives it up; the waiter hears nothing. */
    void cancel() {
        over = true;
        if (channel != null && channel.isRegistered()) {
            channel.close();
        }
    }

    /** Where it hangs, for a timeout's text. */
    String stage() {
        return ssl == null ? "the TCP connection" : "the TLS handshake";
    }

    private void tcpConnected(Future<? super Void> future) {
        Channel opened = java.util.Objects.requireNonNull(channel);
        if (over && opened.isRegistered()) {
            opened.close();
        } else if (over) {
            return;
        } else if (!future.isSuccess()) {
            failed(new Failure.ConnectFailed(endpoint, text(future.cause())));
        } else if (identity == null || !service.config().mtls()) {
            succeeded(opened, null);
        } else {
            ClientTls client = identity.client(Alpn.TCP);
            SslHandler handler = client.newHandler(opened.alloc(), address);
            tls = client;
            ssl = handler;
            opened.pipeline().addFirst(handler);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && !over) {
            if (done.isSuccess()) {
                handshaken(ctx.channel());
            } else {
                refused(ctx.channel(), TlsFailureText.describe(done.cause(), true));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void handshaken(Channel opened) {
        SslHandler handler = java.util.Objects.requireNonNull(ssl);
        try {
            TlsPeer peer = java.util.Objects.requireNonNull(tls).peerOf(handler.engine());
            service.expectedPeer(member).check(peer);
            if (!TcpEnd.FRAMED.equals(handler.applicationProtocol())) {
                refused(
                        opened,
                        new TlsFailure(
                                TlsFailure.Reason.NOTHING_IN_COMMON,
                                "the server does not speak outrider-tcp: is it behind a sidecar"
                                        + " that relays TCP?"));
                return;
            }
            Instant own = java.util.Objects.requireNonNull(identity).svid().notAfter();
            succeeded(opened, own.isBefore(peer.notAfter()) ? own : peer.notAfter());
        } catch (PeerRefused e) {
            refused(opened, TlsFailureText.describe(e, true));
        }
    }

    private void refused(Channel opened, TlsFailure why) {
        opened.close();
        service.tlsRefused(address, why);
        failed(new Failure.TlsFailed(endpoint, why.sentence()));
    }

    private void succeeded(Channel opened, @Nullable Instant until) {
        over = true;
        // First the waiter's accounts, then the end, whose arrival starts the relay.
        waiter.connected(until);
        opened.pipeline().replace(this, null, end);
    }

    private void failed(Failure failure) {
        over = true;
        waiter.notConnected(failure);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // Only what comes after the connection was given up.
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
        // Before TLS the connect future tells it; a failed handshake its event, which comes first.
        if (!over && ssl != null) {
            failed(new Failure.TlsFailed(endpoint, text(cause)));
        }
    }

    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }
}
