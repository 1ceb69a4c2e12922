package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.tls.Identity;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What every connection to a member begins with, whatever it will carry. */
final class Dialing {
    private Dialing() {}

    /** Why there is no use in beginning; null if there is. */
    static @Nullable Failure hindrance(
            Service service, InetSocketAddress address, @Nullable Identity identity) {
        return service.config().mtls() && identity == null
                ? new Failure.NotReady("no-identity", "this proxy has no certificate yet")
                : service.whyNot(address);
    }

    /** Begins the TCP connection. */
    static ChannelFuture connect(
            EventLoop loop, Service service, InetSocketAddress address, ChannelHandler first) {
        InetSocketAddress from = service.targets().source(address);
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(service.transport().clientChannel())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) service.config().call().pool().connectTimeout().toMillis())
                        .handler(first);
        if (from != null) {
            service.transport().portWhenConnecting(bootstrap);
        }
        return bootstrap.connect(address, from);
    }

    /** Has it told on the loop when the connection is made or is not; perhaps at once. */
    static void whenDone(
            ChannelFuture future, EventLoop loop, Consumer<Future<? super Void>> connected) {
        future.addListener(done -> {
            if (loop.inEventLoop()) {
                connected.accept(done);
            } else {
                // Without a file descriptor there is no channel, and Netty tells from elsewhere.
                loop.execute(() -> connected.accept(done));
            }
        });
    }
}
