package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.tls.Identity;
import dev.outrider.sidecar.tls.RefusalLog;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a listener asks of a connection before it speaks HTTP. */
public sealed interface Security {
    /** Leads the connection to {@link Listener#established}, or closes it. */
    void secure(Listener listener, Channel connection);

    /** Plain text; for the loopback port that the local app calls. */
    record Plain() implements Security {
        @Override
        public void secure(Listener listener, Channel connection) {
            InetSocketAddress address = (InetSocketAddress) connection.remoteAddress();
            listener.established(connection, Peer.plain(address));
        }
    }

    /** TLS with a verified client certificate, and nothing else. */
    record MutualTls(Supplier<@Nullable Identity> identity, RefusalLog refusals)
            implements Security {
        @Override
        public void secure(Listener listener, Channel connection) {
            Identity current = identity.get();
            if (current == null) {
                connection.close();
            } else {
                Handshake.begin(listener, connection, current, true, refusals);
            }
        }
    }

    /** TLS if the client begins with it, else plain text; for the way into the mesh. */
    record Permissive(Supplier<@Nullable Identity> identity, RefusalLog refusals)
            implements Security {
        @Override
        public void secure(Listener listener, Channel connection) {
            connection.pipeline().addLast(new TlsSniffer(listener, identity, refusals));
        }
    }
}
