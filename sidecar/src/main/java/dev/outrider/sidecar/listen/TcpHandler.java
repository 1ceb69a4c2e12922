package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.TcpConnection;
import io.netty.channel.ChannelHandler;

/** Takes the connections whose bytes are passed through unread. On the connection's loop. */
@FunctionalInterface
public interface TcpHandler {
    /**
     * The handler becomes the last of the connection's pipeline. The channel is active by then, so
     * no {@code channelActive} will come; reading is on, and the bytes read so far follow at once,
     * whether or not the handler stops reading. A client may end its side and still listen:
     * half-closure is allowed on the channel.
     */
    ChannelHandler connected(TcpConnection connection);
}
