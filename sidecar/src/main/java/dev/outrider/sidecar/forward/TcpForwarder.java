package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.TcpConnection;
import dev.outrider.sidecar.exchange.TcpObserver;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.ChannelHandler;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Relays connections whose bytes are passed through unread. It has no state of its own: after a
 * change of configuration make another, the connections that live go on as they are.
 */
public final class TcpForwarder {
    /**
     * What every relay needs.
     *
     * @param hold completes when a connection to a service may be begun, on any thread and within a
     *     bound of its own; null if it may at once
     * @param random shared by the loops
     */
    public record Context(
            TcpConfig config,
            TcpObserver observer,
            Function<Service, @Nullable CompletionStage<?>> hold,
            Ticker ticker,
            InstantSource clock,
            RandomGenerator random) {}

    private final TcpRoute route;
    private final Context context;

    public TcpForwarder(TcpRoute route, Context context) {
        this.route = route;
        this.context = context;
    }

    /**
     * The last handler for a client's channel, for that one channel: it takes {@code ByteBuf}s,
     * also such as were read before it came, and closes the channel when all is over.
     */
    public ChannelHandler connected(TcpConnection connection) {
        return new TcpRelay(connection, route, context).client();
    }
}
