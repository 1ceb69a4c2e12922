package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** Turns the frames of a client into requests and their bodies. */
final class ServerEvents extends StreamEvents<H2ServerStream> {
    private final H2ServerConnection owner;
    private final RequestHandler handler;
    private final H2Limits limits;
    private final Wire wire;

    ServerEvents(
            H2ServerConnection owner,
            RequestHandler handler,
            H2Limits limits,
            Http2Connection.PropertyKey key,
            Wire wire) {
        super(wire.connection(), key);
        this.owner = owner;
        this.handler = handler;
        this.limits = limits;
        this.wire = wire;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        FieldBlock block = (FieldBlock) headers;
        Http2Stream stream = connection().stream(id);
        H2ServerStream known = find(stream);
        if (known != null) {
            known.requestEnd(Heads.trailers(id, block));
        } else {
            begin(stream, block, last);
        }
    }

    private void begin(Http2Stream stream, FieldBlock block, boolean last) throws Http2Exception {
        int id = stream.id();
        if (connection().remote().numActiveStreams() > limits.streams()) {
            throw Http2Exception.streamError(
                    id, Http2Error.REFUSED_STREAM, "over %d streams", limits.streams());
        }
        if (block.tooMany()) {
            refuse(
                    stream,
                    last,
                    431,
                    "too-many-fields",
                    "the head has over " + limits.fields() + " fields");
            return;
        }
        RequestHead head = Heads.request(id, block, last);
        if (head.bodyLength() > limits.body()) {
            refuse(
                    stream,
                    last,
                    413,
                    "body-too-large",
                    "the body is over " + limits.body() + " bytes");
            return;
        }
        H2ServerStream opened = new H2ServerStream(wire, stream, head);
        opened(stream, opened, last);
        handler.request(head, opened);
    }

    private void opened(Http2Stream stream, H2ServerStream opened, boolean last)
            throws Http2Exception {
        put(stream, opened);
        if (last) {
            opened.requestEnd(Headers.EMPTY);
        }
        owner.streamOpened();
    }

    /** Answers what was no request, or too much of one. */
    void refuse(Http2Stream stream, boolean last, int status, String reason, String sentence)
            throws Http2Exception {
        H2ServerStream refused = new H2ServerStream(wire, stream, null);
        opened(stream, refused, last);
        refused.discard();
        handler.malformed(status, reason, sentence, refused);
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        H2ServerStream stream = find(id);
        if (stream == null) {
            return data.readableBytes() + padding;
        }
        return stream.received(data, last, limits.body()) + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
        H2ServerStream stream = find(id);
        if (stream != null) {
            stream.failing(
                    new StreamError(
                            StreamError.Kind.RESET,
                            "the client reset the stream: " + Failures.name(code)));
        }
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) {
        owner.allowSomeMore();
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
        owner.pingAnswered(data);
    }

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        H2ServerStream ours = find(stream);
        if (ours != null && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            ours.responseWritten();
        }
    }

    @Override
    @Nullable StreamError failure() {
        return owner.failure();
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        super.onStreamClosed(stream);
        owner.streamClosed();
    }
}
