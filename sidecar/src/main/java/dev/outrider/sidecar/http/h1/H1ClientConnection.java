package dev.outrider.sidecar.http.h1;

import static dev.outrider.sidecar.http.h1.MalformedException.bad;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.Cut;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one HTTP/1 connection to an upstream: one request at a time. When both
 * messages are complete and the upstream lets it live, the connection goes back to its {@link
 * Owner}; in every other case it closes.
 */
public final class H1ClientConnection extends ChannelInboundHandlerAdapter
        implements ClientConnection {
    /** They pass on without regard to the client's pace, so they must not be many. */
    private static final int MOST_INFORMATIONAL = 32;

    private final ResponseParser parser = new ResponseParser();
    private final BodyDecoder decoder = new BodyDecoder(ResponseParser.LIMITS, false);
    private final BodySink body = new Body();
    private final Owner owner;

    private ChannelHandlerContext ctx;
    private final Unread unread = new Unread();
    private @Nullable H1ClientStream current;
    private boolean headSeen;
    private int informational;
    private boolean closed;

    @SuppressWarnings("NullAway.Init") // ctx is set when the handler is added
    public H1ClientConnection(Owner owner) {
        this.owner = owner;
    }

    @Override
    public ClientStream open(ClientStream.Listener listener) {
        H1ClientStream stream = new H1ClientStream(this, ctx, listener);
        current = stream;
        headSeen = false;
        informational = 0;
        return stream;
    }

    @Override
    public boolean usable() {
        return !closed && ctx.channel().isActive();
    }

    @Override
    public int capacity() {
        return current == null && usable() ? 1 : 0;
    }

    @Override
    public int streams() {
        return current == null ? 0 : 1;
    }

    @Override
    public int idleLimitSeconds() {
        return parser.idleLimitSeconds();
    }

    @Override
    public void close() {
        closed = true;
        unread.release();
        ctx.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closed) {
            in.release();
            return;
        }
        unread.add(ctx.alloc(), in);
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (current != null && headSeen) {
            current.listener().flush();
        }
    }

    private void process() {
        if (unread.inUse()) {
            return;
        }
        unread.use();
        try {
            ByteBuf in = unread.bytes();
            while (in != null && in.isReadable() && step(in)) {
                in = unread.bytes();
            }
        } catch (MalformedException e) {
            fail(new StreamError(StreamError.Kind.PROTOCOL, e.reason() + ": " + e.sentence()));
        } finally {
            unread.done();
        }
    }

    private boolean step(ByteBuf in) throws MalformedException {
        H1ClientStream stream = current;
        if (stream == null) {
            fail(new StreamError(StreamError.Kind.PROTOCOL, "bytes came that nobody asked for"));
            return false;
        }
        if (stream.paused()) {
            return false;
        }
        if (headSeen) {
            return decoder.decode(in, body);
        }
        ResponseHead head = parser.parse(in, stream.request());
        if (head == null) {
            return false;
        }
        if (head.informational()) {
            informational++;
            if (informational > MOST_INFORMATIONAL) {
                throw bad("too-many-1xx", "over " + MOST_INFORMATIONAL + " heads of 1xx came");
            }
            stream.listener().onInformational(head);
            return true;
        }
        headSeen = true;
        if (stream.request().tunnels(head.status())) {
            boolean framed = Framing.takeTunnelChunks(head.headers()) && secure();
            decoder.tunnel(framed);
            stream.tunnel(framed);
        } else {
            decoder.begin(head.bodyLength(), parser.untilClose());
        }
        if (decoder.done()) {
            complete(stream);
            stream.listener().onResponse(head, true);
        } else {
            stream.listener().onResponse(head, false);
        }
        return true;
    }

    /**
     * The response is complete: the connection is freed before its listener can ask for another.
     */
    private void complete(H1ClientStream stream) {
        current = null;
        if (stream.paused()) {
            ctx.channel().config().setAutoRead(true);
        }
        ByteBuf left = unread.bytes();
        boolean clean = left == null || !left.isReadable();
        boolean over = stream.requestComplete() && !stream.isTunnel();
        if (parser.keepAlive() && over && clean && usable()) {
            owner.released(this);
        } else {
            close();
            owner.closed(this);
        }
    }

    // ---- what the stream asks of its connection

    boolean isCurrent(H1ClientStream stream) {
        return current == stream;
    }

    void cancelled(H1ClientStream stream) {
        current = null;
        if (stream.isTunnel()) {
            // Its bytes have no length: a plain close would say that they are whole.
            Cut.off(ctx.channel());
        }
        close();
        owner.closed(this);
    }

    /** Whether the upstream is spoken to inside TLS. */
    boolean secure() {
        return ssl() != null;
    }

    /** A tunnel's way out ends; its way back goes on. */
    void endOutput() {
        SslHandler ssl = ssl();
        if (ssl != null) {
            ssl.closeOutbound();
        } else if (ctx.channel() instanceof DuplexChannel duplex) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> duplex.shutdownOutput());
        }
    }

    private @Nullable SslHandler ssl() {
        return ctx.pipeline().get(SslHandler.class);
    }

    void pauseReading() {
        ctx.channel().config().setAutoRead(false);
    }

    void resumeReading() {
        ctx.channel().config().setAutoRead(true);
        process();
        if (current != null && headSeen) {
            current.listener().flush();
        }
    }

    // ---- the end of the connection

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (current != null && ctx.channel().isWritable()) {
            current.listener().onWritable();
        }
    }

    /** Inside TLS the upstream has said that it sends no more. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            inputEnded(true);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // Inside TLS anybody on the way can end the connection (RFC 9112, section 9.8).
        inputEnded(ssl() == null);
    }

    /** {@code proven}: it was the upstream itself that ended what it sends. */
    private void inputEnded(boolean proven) {
        if (current != null) {
            current.unpause();
            process();
        }
        H1ClientStream stream = current;
        if (stream != null && headSeen && decoder.endsWithConnection() && proven) {
            current = null;
            close();
            owner.closed(this);
            stream.listener().end(Headers.EMPTY);
        } else {
            fail(
                    new StreamError(
                            StreamError.Kind.CLOSED,
                            proven
                                    ? "the upstream closed the connection"
                                    : "the connection was closed without close_notify"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(Failures.of(cause));
    }

    void fail(StreamError error) {
        H1ClientStream stream = current;
        current = null;
        boolean first = !closed;
        close();
        if (first) {
            owner.closed(this);
        }
        if (stream != null) {
            stream.failed(error);
        }
    }

    /** The response's body on its way to the listener. */
    private final class Body implements BodySink {
        @Override
        public void data(ByteBuf chunk) {
            if (current == null) {
                chunk.release();
            } else {
                current.listener().data(chunk);
            }
        }

        @Override
        public void end(Headers trailers) {
            H1ClientStream stream = current;
            if (stream != null) {
                complete(stream);
                stream.listener().end(trailers);
            }
        }

        @Override
        public void abort(StreamError error) {
            fail(error);
        }

        @Override
        public void flush() {}
    }
}
