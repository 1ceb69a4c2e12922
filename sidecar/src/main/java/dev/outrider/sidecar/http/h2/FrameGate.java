package dev.outrider.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Stands before Netty's frame reader and hands it whole frames one by one, each counted before it
 * is decoded. It also knows, as nobody behind it does, whether a header block has begun and not
 * ended.
 */
final class FrameGate implements Http2FrameReader {
    private static final int FRAME_HEADER = 9;
    private static final int END_HEADERS = 4;
    private static final int ID = 5;

    private final Http2FrameReader reader;
    private final FloodGuard floods;
    private final Http2Connection connection;
    private final RecentIds resets;
    private final RecentIds opened = new RecentIds();
    private boolean blockOpen;
    private boolean headersPartial;
    private boolean shut;
    private int heads;

    FrameGate(
            Http2FrameReader reader,
            FloodGuard floods,
            Http2Connection connection,
            RecentIds resets) {
        this.reader = reader;
        this.floods = floods;
        this.connection = connection;
        this.resets = resets;
    }

    /** Whether the peer owes the rest of a header block. */
    boolean headersPending() {
        return blockOpen || headersPartial;
    }

    /** Header blocks that have begun so far; tells one that is pending from the next. */
    int heads() {
        return heads;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
            throws Http2Exception {
        headersPartial = false;
        while (!shut && in.readableBytes() >= FRAME_HEADER) {
            int start = in.readerIndex();
            int length = in.getUnsignedMedium(start);
            byte type = in.getByte(start + 3);
            boolean tooLong = length > reader.configuration().frameSizePolicy().maxFrameSize();
            if (!tooLong && in.readableBytes() < FRAME_HEADER + length) {
                headersPartial = type == Http2FrameTypes.HEADERS;
                return;
            }
            int end = in.writerIndex();
            if (!tooLong) {
                check(ctx, type, in.getUnsignedByte(start + 4), length, in);
                in.writerIndex(start + FRAME_HEADER + length);
            }
            try {
                reader.readFrame(ctx, in, listener);
            } finally {
                in.writerIndex(end);
            }
        }
        if (shut) {
            in.skipBytes(in.readableBytes());
        }
    }

    private void check(ChannelHandlerContext ctx, byte type, int flags, int length, ByteBuf in)
            throws Http2Exception {
        try {
            floods.frame(type, flags, length);
            if (type == Http2FrameTypes.HEADERS && connection.isServer() && !blockOpen) {
                checkOrder(in.getInt(in.readerIndex() + ID) & Integer.MAX_VALUE);
            }
            if (answered(type)) {
                floods.answering(ctx.channel().isWritable());
            }
        } catch (Http2Exception e) {
            shut = true;
            in.skipBytes(in.readableBytes());
            throw e;
        }
        switch (type) {
            case Http2FrameTypes.HEADERS, Http2FrameTypes.PUSH_PROMISE -> {
                heads++;
                blockOpen = (flags & END_HEADERS) == 0;
            }
            case Http2FrameTypes.CONTINUATION -> blockOpen = (flags & END_HEADERS) == 0;
            default -> {}
        }
    }

    /** What makes us write something, however little the peer reads. */
    private boolean answered(byte type) {
        return type == Http2FrameTypes.PING
                || type == Http2FrameTypes.SETTINGS
                || type == Http2FrameTypes.HEADERS && connection.isServer();
    }

    /**
     * A head on a stream whose request has ended (RFC 9113, section 5.1), or which comes out of
     * order (section 5.1.1). Netty takes some of these for trailers, and ends only the stream.
     */
    private void checkOrder(int id) throws Http2Exception {
        if (id > connection.remote().lastStreamCreated()) {
            floods.opened();
            opened.add(id);
            return;
        }
        Http2Stream stream = connection.stream(id);
        boolean ended =
                stream == null
                        ? opened.contains(id)
                        : stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
        if (resets.contains(id) || stream != null && !ended) {
            return;
        }
        throw Http2Exception.connectionError(
                ended ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
                "a head comes on stream %d, which is closed",
                id);
    }

    @Override
    public Configuration configuration() {
        return reader.configuration();
    }

    @Override
    public void close() {
        reader.close();
    }
}
