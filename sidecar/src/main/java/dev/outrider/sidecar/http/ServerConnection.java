package dev.outrider.sidecar.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;

/** The server's side of one connection, whichever protocol it speaks; the last of its pipeline. */
public interface ServerConnection extends ChannelHandler {
    /**
     * Lets the exchanges under way finish and takes no further ones, telling the client as its
     * protocol can ({@code Connection: close}, GOAWAY); then it closes. On the loop.
     */
    void drain();

    /** The loop it lives on; for {@link #drain}. */
    EventLoop loop();
}
