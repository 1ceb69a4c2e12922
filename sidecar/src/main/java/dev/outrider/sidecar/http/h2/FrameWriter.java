package dev.outrider.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Netty's writer, but for heads and usual pieces of bodies: those go to the channel as few buffers,
 * where Netty makes one of a frame's header, one of what it carries, and promises that wait for
 * both.
 */
final class FrameWriter extends DefaultHttp2FrameWriter {
    private static final int FRAME_HEADER = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    /** A piece of a body that is cheaper to copy than to write as a buffer of its own. */
    private static final int SMALL = 1024;

    private final HeaderEncoder encoder;

    FrameWriter(HeaderEncoder encoder) {
        super(encoder);
        this.encoder = encoder;
    }

    /** Priorities are not told (RFC 9113, section 5.3.2). */
    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last,
            ChannelPromise promise) {
        return writeHeaders(ctx, id, headers, padding, last, promise);
    }

    /** Nor is there padding. */
    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int id,
            Http2Headers headers,
            int padding,
            boolean last,
            ChannelPromise promise) {
        ByteBuf frame = ctx.alloc().buffer();
        try {
            frame.writeZero(FRAME_HEADER);
            encoder.encodeHeaders(id, headers, frame);
        } catch (Http2Exception | RuntimeException e) {
            frame.release();
            return promise.setFailure(e);
        }
        int length = frame.readableBytes() - FRAME_HEADER;
        int flags = last ? END_STREAM : 0;
        if (length > maxFrameSize()) {
            return ctx.write(split(ctx, frame, id, flags), promise);
        }
        frame.writerIndex(0);
        header(frame, length, Http2FrameTypes.HEADERS, flags | END_HEADERS, id);
        return ctx.write(frame.writerIndex(FRAME_HEADER + length), promise);
    }

    /** HEADERS and as many CONTINUATION frames as it takes. */
    private ByteBuf split(ChannelHandlerContext ctx, ByteBuf block, int id, int flags) {
        block.skipBytes(FRAME_HEADER);
        int frames = (block.readableBytes() - 1) / maxFrameSize() + 1;
        ByteBuf all = ctx.alloc().buffer(block.readableBytes() + frames * FRAME_HEADER);
        byte type = Http2FrameTypes.HEADERS;
        while (block.isReadable()) {
            int length = Math.min(block.readableBytes(), maxFrameSize());
            boolean whole = length == block.readableBytes();
            int first = type == Http2FrameTypes.HEADERS ? flags : 0;
            header(all, length, type, whole ? first | END_HEADERS : first, id);
            all.writeBytes(block, length);
            type = Http2FrameTypes.CONTINUATION;
        }
        block.release();
        return all;
    }

    @Override
    public ChannelFuture writeData(
            ChannelHandlerContext ctx,
            int id,
            ByteBuf data,
            int padding,
            boolean last,
            ChannelPromise promise) {
        int length = data.readableBytes();
        if (padding > 0 || length > maxFrameSize()) {
            return super.writeData(ctx, id, data, padding, last, promise);
        }
        boolean small = length <= SMALL;
        ByteBuf frame = ctx.alloc().buffer(FRAME_HEADER + (small ? length : 0));
        header(frame, length, Http2FrameTypes.DATA, last ? END_STREAM : 0, id);
        if (small) {
            frame.writeBytes(data);
            data.release();
            return ctx.write(frame, promise);
        }
        // A channel writes all or nothing of what comes before: the promise of the rest will do.
        ctx.write(frame);
        return ctx.write(data, promise);
    }

    private static void header(ByteBuf target, int length, byte type, int flags, int id) {
        target.writeMedium(length);
        target.writeByte(type);
        target.writeByte(flags);
        target.writeInt(id);
    }
}
