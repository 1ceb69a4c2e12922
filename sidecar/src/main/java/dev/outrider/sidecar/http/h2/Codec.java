package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.time.Ticker;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.StreamBufferingEncoder;

/** Netty's parts of one connection, put together with ours. */
record Codec(
        Http2ConnectionDecoder decoder,
        Http2ConnectionEncoder encoder,
        Http2Settings settings,
        Http2Connection.PropertyKey key,
        FrameGate gate,
        FieldBlock block,
        HeaderEncoder blocks,
        FloodGuard floods,
        RecentIds resets) {

    /** What is assumed of a server that has not said it (RFC 9113, section 6.5.2: at least 100). */
    static final int ASSUMED_STREAMS = 100;

    private static final int MOST_SMALL_CONTINUATIONS = 16;

    static Codec server(H2Limits limits, Ticker ticker) {
        Http2Settings settings =
                common(limits).maxConcurrentStreams(limits.streams()).connectProtocolEnabled(true);
        return make(true, settings, limits, ticker);
    }

    static Codec client(H2Limits limits, Ticker ticker) {
        return make(false, common(limits).pushEnabled(false), limits, ticker);
    }

    private static Http2Settings common(H2Limits limits) {
        return new Http2Settings()
                .headerTableSize(limits.headerTable())
                .initialWindowSize((int) limits.streamWindow())
                .maxHeaderListSize(limits.head());
    }

    private static Codec make(
            boolean server, Http2Settings settings, H2Limits limits, Ticker ticker) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(server, 0);
        FloodGuard floods = new FloodGuard(limits.floods(), ticker, server);
        Http2Connection.PropertyKey key = connection.newKey();
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(
                                connection, new PendingBytes(connection, key, floods)));
        HeaderEncoder blocks = new HeaderEncoder();
        Http2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(connection, new FrameWriter(blocks));
        if (!server) {
            connection.local().allowPushTo(false);
            encoder = new StreamBufferingEncoder(encoder, ASSUMED_STREAMS);
        }
        RecentIds resets = new RecentIds();
        FieldBlock block = new FieldBlock(limits.fields());
        FrameGate gate =
                new FrameGate(
                        new DefaultHttp2FrameReader(
                                new Blocks(limits.head(), block), MOST_SMALL_CONTINUATIONS),
                        floods,
                        connection,
                        resets);
        Http2ConnectionDecoder decoder =
                new DefaultHttp2ConnectionDecoder(connection, encoder, gate);
        return new Codec(decoder, encoder, settings, key, gate, block, blocks, floods, resets);
    }

    /** Decodes header blocks into a {@link FieldBlock}, which does the checking. */
    private static final class Blocks extends DefaultHttp2HeadersDecoder {
        private final FieldBlock block;

        Blocks(long mostBytes, FieldBlock block) {
            super(false, mostBytes);
            this.block = block;
        }

        @Override
        protected Http2Headers newHeaders() {
            block.begin();
            return block;
        }
    }
}
