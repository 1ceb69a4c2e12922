package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** Turns the frames of a server into responses and their bodies. */
final class ClientEvents extends StreamEvents<H2ClientStream> {
    private final H2ClientConnection owner;

    ClientEvents(
            H2ClientConnection owner, Http2Connection connection, Http2Connection.PropertyKey key) {
        super(connection, key);
        this.owner = owner;
    }

    @Override
    public void onStreamAdded(Http2Stream stream) {
        H2ClientStream ours = owner.sending(stream.id());
        if (ours != null) {
            put(stream, ours);
            ours.created(stream);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        H2ClientStream stream = find(id);
        if (stream != null) {
            stream.head(id, (FieldBlock) headers, last);
        }
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        H2ClientStream stream = find(id);
        if (stream == null) {
            return data.readableBytes() + padding;
        }
        return stream.received(id, data, last) + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
        H2ClientStream stream = find(id);
        if (stream == null) {
            return;
        }
        String text = "the upstream reset the stream: " + Failures.name(code);
        if (code == Http2Error.REFUSED_STREAM.code()) {
            stream.unprocessed(new StreamError(StreamError.Kind.REFUSED, text));
        } else {
            stream.failing(new StreamError(StreamError.Kind.RESET, text));
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        owner.settings(settings);
    }

    /** Comes before Netty closes the streams that the server will not process. */
    @Override
    public void onGoAwayReceived(int lastStreamId, long code, ByteBuf debugData) {
        owner.goingAway(lastStreamId, code);
    }

    @Override
    @Nullable StreamError failure() {
        return owner.failure();
    }
}
