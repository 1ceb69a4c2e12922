package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.StreamError;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * What both sides make of frames: each stream of the wire has one of ours, of type {@code S}, and
 * priorities are of no interest.
 */
abstract sealed class StreamEvents<S extends StreamEvents.Stream> extends Http2EventAdapter
        permits ClientEvents, ServerEvents {
    /** One of ours, and what the wire tells it. */
    interface Stream extends PendingBytes.Source {
        /** Why it is about to close, if not for its being complete; the first reason counts. */
        void failing(StreamError error);

        /** It is closed, whoever closed it. */
        void closed();
    }

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey key;

    StreamEvents(Http2Connection connection, Http2Connection.PropertyKey key) {
        this.connection = connection;
        this.key = key;
    }

    final Http2Connection connection() {
        return connection;
    }

    final void put(Http2Stream stream, S ours) {
        stream.setProperty(key, ours);
    }

    final @Nullable S find(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(key);
    }

    final @Nullable S find(int id) {
        return find(connection.stream(id));
    }

    @Override
    public final void onHeadersRead(
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(ctx, id, headers, padding, last);
    }

    /** It will be reset, since it broke the protocol. */
    final void broken(Http2Stream stream, Http2Exception error) {
        S ours = find(stream);
        if (ours != null) {
            ours.failing(
                    new StreamError(StreamError.Kind.PROTOCOL, String.valueOf(error.getMessage())));
        }
    }

    /** What ended the connection, or null while it lives. */
    abstract @Nullable StreamError failure();

    @Override
    public void onStreamClosed(Http2Stream stream) {
        S ours = find(stream);
        if (ours != null) {
            StreamError failure = failure();
            if (failure != null) {
                ours.failing(failure);
            }
            ours.closed();
        }
    }
}
