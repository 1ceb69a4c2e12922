package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TcpConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where a relayed connection goes. Any event loop. */
@FunctionalInterface
public interface TcpRoute {
    Target find(TcpConnection connection);

    /** The same for one that has waited; never {@link Later}. */
    default Target findAtLast(TcpConnection connection) {
        return find(connection);
    }

    /** What was found. */
    sealed interface Target {}

    /**
     * @param member the one the client has chosen by its address; null: any will do
     * @param proxyProtocol what the server is told of the client first
     * @param noHttp whether a client that sends requests of HTTP is refused: they would pass unread
     */
    record To(
            Service service,
            @Nullable InetSocketAddress member,
            ProxyProtocol proxyProtocol,
            boolean noHttp)
            implements Target {
        public To(
                Service service, @Nullable InetSocketAddress member, ProxyProtocol proxyProtocol) {
            this(service, member, proxyProtocol, false);
        }
    }

    /** It is not known yet: ask again when the stage completes, which it does within a bound. */
    record Later(CompletionStage<?> known) implements Target {}

    /** The connection is reset. */
    record Nowhere(Failure failure) implements Target {}
}
