package dev.outrider.sidecar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** How a connection is broken off such that nobody takes it for the end of what was to be said. */
public final class Cut {
    private Cut() {}

    /** With a RST, and inside TLS without close_notify (RFC 8446, section 6.1). On its loop. */
    public static void off(Channel channel) {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (!channel.isOpen() || first == null) {
            return;
        }
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            // The socket is gone; closing is all that is left.
        }
        // From the first handler on, so past TLS, which would say goodbye.
        first.close();
    }
}
