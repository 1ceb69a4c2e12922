package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * The client's side of one exchange: its request body is pulled in, its response pushed out. All on
 * {@link #loop}.
 */
public interface ServerStream extends BodySource {
    EventLoop loop();

    /**
     * As {@link BodySource} says; a body that nobody receives, or not to its end, is discarded
     * after the response.
     */
    @Override
    void receive(BodySink sink);

    /** Sends a 1xx head. */
    void informational(ResponseHead head);

    /** Sends the response's head; {@code last} if no body and no trailers follow. */
    void respond(ResponseHead head, boolean last);

    /** Sends a piece of the response's body; owns {@code chunk}. */
    void data(ByteBuf chunk);

    /** Ends the response. */
    void end(Headers trailers);

    /** Hands everything written so far to the socket. */
    void flush();

    /** Gives the exchange up where it stands; the client sees its response break off. */
    void reset(StreamError error);

    /** Whether more of the response may be written now without filling memory. */
    boolean writable();

    /** Who is told of the stream's life; set once, before the first event. */
    void listener(Listener listener);

    /** Told on the loop. */
    interface Listener {
        /** {@link #writable} became true again. */
        void onWritable();

        /**
         * The stream is over, once: {@code error} is null when the response was written whole, else
         * what ended it, for example the client's going away.
         */
        void onClosed(@org.jspecify.annotations.Nullable StreamError error);
    }
}
