package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;

/** The end of the chain: gets an answer from the network. */
public interface Upstream {
    /** Starts; the answer goes to {@code reply} on the exchange's loop. */
    void forward(Exchange exchange, Reply reply);

    /** Where the answer goes: any informational heads, then a response or a failure. */
    interface Reply {
        void informational(ResponseHead head);

        /**
         * The final head; {@code last} if nothing follows. After this the answer cannot be taken
         * back.
         */
        void head(ResponseHead head, boolean last);

        /** Owns {@code chunk}. */
        void data(ByteBuf chunk);

        void end(Headers trailers);

        void flush();

        boolean writable();

        /** Before {@link #head} it becomes an error response; after it the response breaks off. */
        void fail(Failure failure);

        /** Who is told when the client can take more, or has gone. */
        void listener(Listener listener);
    }

    /** The client's side, as the upstream needs to know it. */
    interface Listener {
        void onWritable();

        /**
         * The client is gone or the stream broke: stop working. Not called after the response's
         * end.
         */
        void onClientGone(StreamError error);
    }
}
