package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ServerConnection;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.LazyTimer;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one HTTP/1 connection: one request at a time is read, handed on and
 * answered; what a client pipelines waits in the socket. Reading is on all the time except while
 * bytes wait that nobody may have yet, since switching it costs a system call each way.
 */
public final class H1ServerConnection extends ChannelInboundHandlerAdapter
        implements ServerConnection {
    private final RequestHandler handler;
    private final H1Limits limits;
    private final Ticker ticker;
    private final RequestParser parser;
    private final BodyDecoder decoder;
    private final Unread unread = new Unread();

    private ChannelHandlerContext ctx;
    private LazyTimer timer;
    private Farewell farewell;
    private @Nullable H1ServerStream current;
    private boolean readingHead;
    private boolean reading = true;
    private boolean tunnel;
    private boolean inputEnded;
    private boolean draining;

    /** The rest of a message is not read although the client may be sending it. */
    private boolean brokenOff;

    @SuppressWarnings("NullAway.Init") // what needs the context is set when the handler is added
    public H1ServerConnection(RequestHandler handler, H1Limits limits, Ticker ticker) {
        this.handler = handler;
        this.limits = limits;
        this.ticker = ticker;
        this.parser = new RequestParser(limits);
        this.decoder = new BodyDecoder(limits, true);
    }

    @Override
    public void drain() {
        draining = true;
        if (current == null && !farewell.begun() && !readingHead) {
            // A request may be on its way: it is answered, and told that it is the last one here.
            timer.in(Math.min(Farewell.LINGER_NANOS, limits.keepAlive().toNanos()));
        }
    }

    @Override
    public EventLoop loop() {
        return ctx.channel().eventLoop();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        this.timer = new LazyTimer(ctx.channel().eventLoop(), ticker, this::timedOut);
        this.farewell = new Farewell(ctx, timer, unread, this::tooMuch);
        timer.in(limits.headTimeout().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (farewell.begun()) {
            farewell.received(in);
            return;
        }
        unread.add(ctx.alloc(), in);
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flushBody();
    }

    private void flushBody() {
        BodySink sink = current == null ? null : current.sink();
        if (sink != null && !decoder.done()) {
            sink.flush();
        }
    }

    /** Takes from what waits as far as it may; re-entered when an exchange ends within it. */
    private void process() {
        if (unread.inUse()) {
            return;
        }
        unread.use();
        try {
            boolean more = true;
            for (ByteBuf in = unread.bytes();
                    more && in != null && !farewell.begun();
                    in = unread.bytes()) {
                more = step(in);
                unread.releaseIfRead();
            }
        } catch (MalformedException e) {
            malformed(e);
        } finally {
            unread.done();
        }
        endTunnelInput();
        settle();
    }

    /** One head, or the body's bytes that are there; false when it must wait. */
    private boolean step(ByteBuf in) throws MalformedException {
        if (!in.isReadable()) {
            return false;
        }
        H1ServerStream stream = current;
        if (stream == null && decoder.done()) {
            // Whoever does not read his answers is not asked for further requests.
            return ctx.channel().isWritable() && head(in);
        }
        if (decoder.done()) {
            return false;
        }
        BodySink sink = stream == null ? farewell : stream.sink();
        if (sink == null || stream != null && stream.paused()) {
            return false;
        }
        return decoder.decode(in, sink);
    }

    private boolean head(ByteBuf in) throws MalformedException {
        RequestHead head = parser.parse(in);
        if (head == null) {
            if (!readingHead && in.isReadable()) {
                readingHead = true;
                timer.in(limits.headTimeout().toNanos());
            }
            return false;
        }
        readingHead = false;
        decoder.begin(head.bodyLength(), false);
        farewell.reset();
        H1ServerStream stream = new H1ServerStream(this, ctx, head);
        current = stream;
        handler.request(head, stream);
        return true;
    }

    private void malformed(MalformedException e) {
        H1ServerStream stream = current;
        if (stream != null) {
            abort(stream, e.error());
        } else if (!farewell.begun() && decoder.done()) {
            refuse(e.status(), e.reason(), e.sentence());
        } else if (!farewell.begun()) {
            // It was in a body that nobody wanted, and its request has had its answer.
            close();
        }
        unread.release();
    }

    /** No more of this message is read, and no further one. */
    private void breakOff() {
        brokenOff = true;
        draining = true;
        decoder.begin(0, false);
    }

    /** The rest of this request's body is lost. */
    private void abort(H1ServerStream stream, StreamError error) {
        BodySink sink = stream.sink();
        breakOff();
        if (sink != null) {
            sink.abort(error);
        }
    }

    private void refuse(int status, String reason, String sentence) {
        breakOff();
        H1ServerStream stream = H1ServerStream.ofUnreadHead(this, ctx);
        current = stream;
        handler.malformed(status, reason, sentence, stream);
    }

    /** Sets reading and the timer to what the state asks for. */
    private void settle() {
        if (farewell.begun()) {
            return;
        }
        boolean wanted = hungry();
        if (wanted != reading) {
            reading = wanted;
            ctx.channel().config().setAutoRead(wanted);
        }
        // A tunnel may be silent for as long as its two ends like.
        boolean receiving = reading && !tunnel && current != null && current.sink() != null;
        if (current == null && !decoder.done()) {
            farewell.readOver(limits.bodyTimeout().toNanos());
        } else if (receiving && !decoder.done() || !ctx.channel().isWritable()) {
            timer.in(limits.bodyTimeout().toNanos());
        } else if (current != null) {
            timer.off();
        } else if (!readingHead && !draining) {
            timer.in(limits.keepAlive().toNanos());
        }
    }

    /** Whether more bytes are of use now: what waits is then only too little. */
    private boolean hungry() {
        H1ServerStream stream = current;
        if (stream == null) {
            return !decoder.done() || ctx.channel().isWritable();
        }
        if (decoder.done() || stream.sink() == null) {
            return unread.isEmpty();
        }
        return !stream.paused();
    }

    private void timedOut() {
        H1ServerStream stream = current;
        if (farewell.begun()) {
            farewell.timedOut();
        } else if (stream == null && !readingHead) {
            farewell.closeNow();
        } else if (stream == null) {
            readingHead = false;
            refuse(
                    408,
                    "slow-head",
                    "the head took over " + limits.headTimeout().toMillis() + " ms");
            unread.release();
        } else if (!ctx.channel().isWritable()) {
            lost(new StreamError(StreamError.Kind.TIMED_OUT, "the client stopped reading"));
        } else {
            String text = "no body byte came for " + limits.bodyTimeout().toMillis() + " ms";
            abort(stream, new StreamError(StreamError.Kind.TIMED_OUT, text));
        }
    }

    // ---- what the stream asks of its connection

    boolean isCurrent(H1ServerStream stream) {
        return current == stream;
    }

    boolean secure() {
        return farewell.ssl() != null;
    }

    /** Whether the response must announce that the connection closes after it. */
    boolean lastResponse() {
        return draining
                || farewell.begun()
                || !parser.keepAlive()
                || parser.http10()
                || parser.expectsContinue() && !decoder.done();
    }

    void receive(BodySink sink) {
        if (decoder.done()) {
            sink.end(Headers.EMPTY);
        } else {
            resume();
        }
    }

    void resume() {
        process();
        flushBody();
    }

    void pause() {
        if (!unread.inUse()) {
            settle();
        }
    }

    /** The response has switched protocols; {@code framed}: its bytes come in chunks. */
    void tunnel(boolean framed) {
        tunnel = true;
        draining = true;
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        decoder.tunnel(framed);
    }

    /** The response is written whole; {@code close} as announced. */
    void finished(boolean close) {
        if (current != null) {
            parser.passedOn(current.requestHeaders());
        }
        current = null;
        if (close || draining) {
            close();
        } else {
            process();
        }
    }

    /** The exchange is given up with its response incomplete: the client must be able to tell. */
    void abandoned() {
        current = null;
        farewell.cut();
    }

    private void close() {
        boolean mayStillSend = brokenOff || !decoder.done() || !unread.isEmpty();
        farewell.close(mayStillSend, limits.bodyTimeout().toNanos());
    }

    // ---- the end of the connection

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (current != null) {
            if (ctx.channel().isWritable()) {
                current.becameWritable();
            }
            settle();
        } else {
            process();
        }
    }

    /** The client of a tunnel sends no more, and may still listen. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean goodbye = event == SslCloseCompletionEvent.SUCCESS;
        if (goodbye || event == ChannelInputShutdownEvent.INSTANCE) {
            // Inside TLS anybody on the way can send a FIN.
            if (goodbye || !secure()) {
                inputEnded = true;
                process();
            } else if (!inputEnded) {
                broken("the client's connection ended without close_notify");
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void endTunnelInput() {
        H1ServerStream stream = current;
        BodySink sink = stream == null ? null : stream.sink();
        if (!inputEnded || stream == null || sink == null || stream.paused() || decoder.done()) {
            return;
        }
        if (decoder.endsWithConnection()) {
            if (unread.isEmpty()) {
                decoder.begin(0, false);
                sink.end(Headers.EMPTY);
            }
        } else if (tunnel) {
            broken("the client's connection ended before the tunnel's last chunk");
        }
    }

    /** The connection can no longer carry what it should. */
    void broken(String why) {
        lost(new StreamError(StreamError.Kind.RESET, why));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost(new StreamError(StreamError.Kind.CLOSED, "the client closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lost(Failures.of(cause));
    }

    private void lost(StreamError error) {
        H1ServerStream stream = current;
        if (stream == null) {
            farewell.closeNow();
        } else {
            abandoned();
            stream.closed(error);
        }
    }

    /** More of a body came that nobody wanted than is read over. */
    private void tooMuch() {
        breakOff();
        close();
    }
}
