package dev.outrider.sidecar.http.h2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Shares the connection's window among its streams in turns, and tells each of them how many of its
 * bytes still wait. Priorities are not heeded (RFC 9113, section 5.3.2), so there is no tree of
 * them that a peer could grow.
 */
final class PendingBytes implements StreamByteDistributor {
    /** A stream that learns what it still has to write. */
    interface Source {
        void pending(long bytes);
    }

    private final UniformStreamByteDistributor turns;
    private final Http2Connection.PropertyKey key;
    private final FloodGuard floods;

    PendingBytes(Http2Connection connection, Http2Connection.PropertyKey key, FloodGuard floods) {
        this.turns = new UniformStreamByteDistributor(connection);
        this.key = key;
        this.floods = floods;
    }

    @Override
    public void updateStreamableBytes(StreamState state) {
        turns.updateStreamableBytes(state);
        Source source = state.stream().getProperty(key);
        if (source != null) {
            source.pending(state.pendingBytes());
        }
    }

    @Override
    public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {}

    @Override
    public boolean distribute(int most, Writer writer) throws Http2Exception {
        return turns.distribute(
                most,
                (Http2Stream stream, int bytes) -> {
                    floods.sent(bytes);
                    writer.write(stream, bytes);
                });
    }
}
