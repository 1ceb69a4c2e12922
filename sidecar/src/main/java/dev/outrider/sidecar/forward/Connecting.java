package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.HttpVersion;
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
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way: TCP, then TLS if the service wants it, then the check that the peer is
 * who it should be. The attempts that wait hold the clocks. On the loop.
 */
final class Connecting {
    /** Told once, unless it left. */
    interface Waiter {
        /** It may open a stream, now. */
        void connected(PooledConnection connection);

        /** The connection is there, but those who waited longer have filled it: ask again. */
        void filled();

        void notConnected(Failure failure);
    }

    /** So many streams a server should at least allow (RFC 9113, section 6.5.2). */
    private static final int MOST_WAITING = 100;

    private final Service service;
    private final ConnectionPool pool;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(1);
    private final InetSocketAddress address;
    private final @Nullable Identity identity;
    private final Placeholder placeholder = new Placeholder();
    private boolean over;
    private boolean handshaking;
    private @Nullable Channel channel;

    private Connecting(Service service, ConnectionPool pool, Waiter waiter) {
        this.service = service;
        this.pool = pool;
        waiters.add(waiter);
        this.address = service.targets().address(pool.member());
        this.identity = service.currentIdentity();
    }

    static Connecting start(EventLoop loop, Service service, ConnectionPool pool, Waiter waiter) {
        Connecting connecting = new Connecting(service, pool, waiter);
        Failure hindrance = Dialing.hindrance(service, connecting.address, connecting.identity);
        if (hindrance != null) {
            connecting.failed(hindrance);
            return connecting;
        }
        ChannelFuture future =
                Dialing.connect(loop, service, connecting.address, connecting.placeholder);
        connecting.channel = future.channel();
        Dialing.whenDone(future, loop, connecting::tcpConnected);
        return connecting;
    }

    /** Waits too, if there is any hope of a stream. */
    boolean join(Waiter waiter) {
        boolean joined = !over && waiters.size() < MOST_WAITING;
        if (joined) {
            waiters.add(waiter);
        }
        return joined;
    }

    /** The waiter hears nothing more; without any other it is given up. */
    void leave(Waiter waiter) {
        waiters.remove(waiter);
        if (over || !waiters.isEmpty()) {
            return;
        }
        over = true;
        if (channel != null && channel.isRegistered()) {
            channel.close();
        }
    }

    /** Where it hangs, for a timeout's text. */
    String stage() {
        return handshaking ? "the TLS handshake" : "the TCP connection";
    }

    private void tcpConnected(Future<? super Void> future) {
        Channel opened = java.util.Objects.requireNonNull(channel);
        if (over && opened.isRegistered()) {
            opened.close();
        } else if (over) {
            return;
        } else if (!future.isSuccess()) {
            failed(new Failure.ConnectFailed(text(), String.valueOf(future.cause().getMessage())));
        } else if (identity == null || !service.config().mtls()) {
            succeeded(opened, pool.kind() == ConnectionKind.HTTP_2, Long.MAX_VALUE);
        } else {
            handshaking = true;
            ClientTls tls = identity.client(pool.kind().alpn());
            SslHandler ssl = tls.newHandler(opened.alloc(), address);
            opened.pipeline().addFirst(ssl);
            ssl.handshakeFuture().addListener(done -> handshaken(opened, tls, ssl, done));
        }
    }

    private void handshaken(Channel opened, ClientTls tls, SslHandler ssl, Future<?> done) {
        if (over) {
            opened.close();
            return;
        }
        if (!done.isSuccess()) {
            refused(opened, TlsFailureText.describe(done.cause(), true));
            return;
        }
        try {
            TlsPeer peer = tls.peerOf(ssl.engine());
            service.expectedPeer(pool.member()).check(peer);
            succeeded(
                    opened,
                    HttpVersion.HTTP_2.alpn().equals(ssl.applicationProtocol()),
                    peer.validFor().toNanos());
        } catch (PeerRefused e) {
            refused(opened, TlsFailureText.describe(e, true));
        }
    }

    private void refused(Channel opened, TlsFailure why) {
        opened.close();
        service.tlsRefused(address, why);
        failed(new Failure.TlsFailed(text(), why.sentence()));
    }

    /** {@code validNanos}: how long it may be used for new requests. */
    private void succeeded(Channel opened, boolean http2, long validNanos) {
        over = true;
        if (opened.pipeline().context(placeholder) != null) {
            opened.pipeline().remove(placeholder);
        }
        PooledConnection connection = pool.opened(opened, identity, http2, validNanos);
        for (Waiter each = waiters.poll(); each != null; each = waiters.poll()) {
            if (connection.capacity() > 0) {
                each.connected(connection);
            } else {
                each.filled();
            }
        }
    }

    private void failed(Failure failure) {
        over = true;
        for (Waiter each = waiters.poll(); each != null; each = waiters.poll()) {
            each.notConnected(failure);
        }
    }

    private String text() {
        return pool.member().address();
    }

    /** Stands in the pipeline where the connection's codec will. */
    private static final class Placeholder extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // The future of the connect or of the handshake tells it.
        }
    }
}
