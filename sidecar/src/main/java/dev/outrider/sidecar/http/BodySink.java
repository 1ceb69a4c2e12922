package dev.outrider.sidecar.http;

import io.netty.buffer.ByteBuf;

/**
 * Receives one body in order: any number of {@link #data}, then {@link #end} or {@link #abort},
 * once and last. On the stream's loop.
 */
public interface BodySink {
    /** Owns {@code chunk}. */
    void data(ByteBuf chunk);

    /** The body is complete; {@code trailers} are usually empty. */
    void end(Headers trailers);

    /** The source cannot complete the body. */
    void abort(StreamError error);

    /** Nothing more will come for now: what was held back goes out. */
    void flush();
}
