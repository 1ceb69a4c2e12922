package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written is read with Netty's reader of frames. */
class FrameWriterTest {
    private final HeaderEncoder encoder = new HeaderEncoder();
    private final FrameWriter writer = new FrameWriter(encoder);
    private final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);
    private final ChannelHandlerContext ctx = channel.pipeline().context(handler);
    private final List<String> frames = new ArrayList<>();
    private int buffers;

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private ChannelFuture headers(Headers fields, boolean last) {
        return writer.writeHeaders(
                ctx, 3, encoder.block().trailers(fields), 0, last, channel.newPromise());
    }

    private ChannelFuture data(int size, boolean last) {
        ByteBuf data = Unpooled.buffer().writeZero(size);
        return writer.writeData(ctx, 3, data, 0, last, channel.newPromise());
    }

    private void read() throws Http2Exception {
        channel.flush();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            all.writeBytes(each);
            each.release();
            buffers++;
        }
        DefaultHttp2FrameReader reader =
                new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(false, 1 << 20));
        reader.readFrame(ctx, all, new Frames());
    }

    private final class Frames extends Http2FrameAdapter {
        @Override
        public int onDataRead(
                ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
            frames.add("data " + id + " " + data.readableBytes() + " " + last);
            return data.readableBytes() + padding;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int id, Http2Headers head, int padding, boolean last) {
            int size = head.get("x-own").length();
            frames.add("headers " + id + " " + size + " " + last);
        }
    }

    private static Headers fields(int size) {
        Headers fields = new Headers();
        fields.add("x-own", "a".repeat(size));
        return fields;
    }

    @Test
    void aHeadAndASmallPieceAreOneBufferEach() throws Exception {
        ChannelFuture head = headers(fields(10), false);
        ChannelFuture piece = data(1024, true);
        read();
        assertThat(frames).containsExactly("headers 3 10 false", "data 3 1024 true");
        assertThat(buffers).isEqualTo(2);
        assertThat(head.isSuccess()).isTrue();
        assertThat(piece.isSuccess()).isTrue();
    }

    @Test
    void aLargePieceIsNotCopied() throws Exception {
        ChannelFuture piece = data(16_000, false);
        data(0, true);
        read();
        assertThat(frames).containsExactly("data 3 16000 false", "data 3 0 true");
        assertThat(buffers).isEqualTo(3);
        assertThat(piece.isSuccess()).isTrue();
    }

    @Test
    void aHeadThatFitsNoFrameGoesOn() throws Exception {
        // With the name and the lengths, the second fills three frames to the last byte.
        for (int size : new int[] {20_000, 3 * 16_384 - 11}) {
            frames.clear();
            headers(fields(size), true);
            read();
            assertThat(frames).containsExactly("headers 3 " + size + " true");
        }
    }

    @Test
    void aHeadThatThePeerWouldRefuseFailsAlone() throws Exception {
        encoder.maxHeaderListSize(100);
        assertThat(headers(fields(100), true).cause())
                .isInstanceOf(Http2Exception.HeaderListSizeException.class);
        headers(fields(10), true);
        read();
        assertThat(frames).containsExactly("headers 3 10 true");
    }

    /** As a channel that is closed fails what is written to it. */
    @Test
    void whatIsWrittenToAClosedChannelFails() {
        channel.close();
        assertThat(headers(fields(10), true).isSuccess()).isFalse();
        assertThat(data(10, true).isSuccess()).isFalse();
        assertThat(data(2000, true).isSuccess()).isFalse();
    }
}
