package dev.outrider.injector.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection to be tried.
 *
 * @param as whose socket it is to be; empty for this process's own
 * @param from the source address, where it matters
 */
record Dial(
        InetSocketAddress target,
        Optional<Identity> as,
        Optional<InetAddress> from,
        Duration longest) {

    /** How it went. The connection is closed again. */
    sealed interface Outcome {}

    record Connected(int localPort) implements Outcome {}

    record Refused(String why) implements Outcome {}

    Outcome connect() throws Exception {
        return as.isPresent() ? as.get().run(this::here) : here();
    }

    private Outcome here() {
        Family family = Family.of(target.getAddress());
        try (SocketChannel channel = SocketChannel.open(family.sockets())) {
            if (from.isPresent()) {
                channel.bind(new InetSocketAddress(from.get(), 0));
            }
            channel.socket().connect(target, (int) longest.toMillis());
            return new Connected(((InetSocketAddress) channel.getLocalAddress()).getPort());
        } catch (IOException e) {
            return new Refused(String.valueOf(e.getMessage()));
        }
    }

    static String text(InetSocketAddress address) {
        String host = Cidr.text(address.getAddress());
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
