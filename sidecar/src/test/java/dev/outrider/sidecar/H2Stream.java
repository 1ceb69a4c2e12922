package dev.outrider.sidecar;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One stream of Netty's HTTP/2, of a client or of a server, used from a test's thread. */
final class H2Stream extends ChannelInboundHandlerAdapter {
    /** What came. */
    sealed interface Event {
        record Head(Http2Headers fields, boolean last) implements Event {
            String get(String name) {
                return String.valueOf(fields.get(name));
            }
        }

        record Data(byte[] bytes, boolean last) implements Event {}

        record Reset(long code) implements Event {}

        record Closed() implements Event {}
    }

    final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Channel channel;

    H2Stream(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame it -> events.add(new Event.Head(it.headers(), it.isEndStream()));
            case Http2DataFrame it ->
                    events.add(
                            new Event.Data(ByteBufUtil.getBytes(it.content()), it.isEndStream()));
            default -> {}
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            events.add(new Event.Reset(reset.errorCode()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add(new Event.Closed());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset on a closed connection comes so; channelInactive follows.
    }

    /** Sends fields in pairs of name and value. */
    H2Stream head(boolean last, String... pairs) {
        Http2Headers fields = new DefaultHttp2Headers();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.add(pairs[i], pairs[i + 1]);
        }
        channel.writeAndFlush(new DefaultHttp2HeadersFrame(fields, last)).syncUninterruptibly();
        return this;
    }

    H2Stream data(boolean last, String text) {
        return data(last, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whoever has answered already may have closed the stream; what he said is there to read. */
    H2Stream data(boolean last, byte[] bytes) {
        channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last))
                .awaitUninterruptibly();
        return this;
    }

    void reset() {
        channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).syncUninterruptibly();
    }

    Event next() throws IOException {
        try {
            Event event = events.poll(Mesh.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new IOException("nothing came");
            }
            return event;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The next event, which must be fields. */
    Event.Head fields() throws IOException {
        Event event = next();
        if (event instanceof Event.Head head) {
            return head;
        }
        throw new IOException("expected fields, got " + event);
    }

    /** So many characters of the body. */
    String read(int count) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (text.size() < count) {
            if (!(next() instanceof Event.Data data)) {
                throw new IOException("ended after " + text);
            }
            text.writeBytes(data.bytes());
        }
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** The rest of the body and its trailers, which are empty when there are none. */
    Rest rest() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (true) {
            switch (next()) {
                case Event.Data data -> {
                    text.writeBytes(data.bytes());
                    if (data.last()) {
                        return new Rest(text.toByteArray(), new DefaultHttp2Headers());
                    }
                }
                case Event.Head head -> {
                    return new Rest(text.toByteArray(), head.fields());
                }
                case Event.Reset reset -> throw new IOException("reset: " + reset.code());
                case Event.Closed _ -> throw new IOException("closed after " + text.size());
            }
        }
    }

    record Rest(byte[] body, Http2Headers trailers) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        String trailer(String name) {
            return String.valueOf(trailers.get(name));
        }
    }
}
