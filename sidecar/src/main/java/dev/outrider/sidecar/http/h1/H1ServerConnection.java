package dev.outrider.sidecar.http.h1;

import dev.outrider.sidecar.http.BodyLength;
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
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one HTTP/1 connection: one request at a time is read, handed on and
 * answered; what a client pipelines waits in the socket. Reading is on all the time except while
 * bytes wait that nobody may have yet, since switching it costs a system call each way.
 */
public final class H1ServerConnection extends ChannelInboundHandlerAdapter
        implements ServerConnection {
    /** Stands for a head that could not be read. */
    private static final RequestHead UNREAD =
            new RequestHead("-", "-", "-", Headers.EMPTY, BodyLength.NONE);

    private final RequestHandler handler;
    private final H1Limits limits;
    private final Ticker ticker;
    private final RequestParser parser;
    private final BodyDecoder decoder;
    private final BodySink discard = new Discard();

    private ChannelHandlerContext ctx;
    private LazyTimer timer;
    private Farewell farewell;
    private @Nullable ByteBuf waiting;
    private @Nullable H1ServerStream current;
    private boolean processing;
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
        this.farewell = new Farewell(ctx, timer);
        timer.in(limits.headTimeout().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (farewell.begun()) {
            farewell.received(in);
            return;
        }
        waiting = waiting == null ? in : joined(waiting, in);
        process();
    }

    private ByteBuf joined(ByteBuf first, ByteBuf second) {
        ByteBuf both = ctx.alloc().ioBuffer(first.readableBytes() + second.readableBytes());
        both.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return both;
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
        if (processing) {
            return;
        }
        processing = true;
        try {
            boolean more = true;
            while (more && waiting != null && !farewell.begun()) {
                more = step(waiting);
                releaseIfRead();
            }
        } catch (MalformedException e) {
            malformed(e);
        } finally {
            processing = false;
        }
        if (farewell.begun()) {
            releaseWaiting();
        }
        endTunnelInput();
        settle();
    }

    /** What is read must not be kept, and copied in front of what comes next. */
    private void releaseIfRead() {
        if (waiting != null && !waiting.isReadable()) {
            releaseWaiting();
        }
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
        BodySink sink = stream == null ? discard : stream.sink();
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
        boolean framed =
                head.asksTunnel()
                        && Framing.takeTunnelChunks(head.headers())
                        && farewell.ssl() != null;
        H1ServerStream stream = new H1ServerStream(this, ctx, head, framed);
        current = stream;
        handler.request(head, stream);
        return true;
    }

    private void malformed(MalformedException e) {
        H1ServerStream stream = current;
        if (stream != null) {
            BodySink sink = stream.sink();
            breakOff();
            if (sink != null) {
                StreamError.Kind kind =
                        switch (e.status()) {
                            case 413 -> StreamError.Kind.TOO_LARGE;
                            case 431 -> StreamError.Kind.TRAILERS_TOO_LARGE;
                            default -> StreamError.Kind.PROTOCOL;
                        };
                sink.abort(new StreamError(kind, e.reason() + ": " + e.sentence()));
            }
        } else if (!farewell.begun() && decoder.done()) {
            refuse(e.status(), e.reason(), e.sentence());
        } else if (!farewell.begun()) {
            // It was in a body that nobody wanted, and its request has had its answer.
            close();
        }
        releaseWaiting();
    }

    /** No more of this message is read, and no further one. */
    private void breakOff() {
        brokenOff = true;
        draining = true;
        decoder.begin(0, false);
    }

    private void refuse(int status, String reason, String sentence) {
        breakOff();
        H1ServerStream stream = new H1ServerStream(this, ctx, UNREAD, false);
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
        if (current != null) {
            // A tunnel may be silent for as long as its two ends like.
            boolean receiving = current.sink() != null && !decoder.done() && reading && !tunnel;
            if (!ctx.channel().isWritable() || receiving) {
                timer.in(limits.bodyTimeout().toNanos());
            } else {
                timer.off();
            }
        } else if (!decoder.done() || !ctx.channel().isWritable()) {
            timer.in(limits.bodyTimeout().toNanos());
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
            return waiting == null;
        }
        return !stream.paused();
    }

    private void timedOut() {
        H1ServerStream stream = current;
        if (farewell.begun()) {
            farewell.timedOut();
        } else if (stream == null && !readingHead) {
            forceClose();
        } else if (stream == null) {
            readingHead = false;
            refuse(
                    408,
                    "slow-head",
                    "the head took over " + limits.headTimeout().toMillis() + " ms");
            releaseWaiting();
        } else if (!ctx.channel().isWritable()) {
            lost(new StreamError(StreamError.Kind.TIMED_OUT, "the client stopped reading"));
        } else {
            BodySink sink = stream.sink();
            breakOff();
            if (sink != null) {
                String text = "no body byte came for " + limits.bodyTimeout().toMillis() + " ms";
                sink.abort(new StreamError(StreamError.Kind.TIMED_OUT, text));
            }
        }
    }

    // ---- what the stream asks of its connection

    boolean isCurrent(H1ServerStream stream) {
        return current == stream;
    }

    /** Whether the response must announce that the connection closes after it. */
    boolean lastResponse() {
        return draining
                || farewell.begun()
                || !parser.keepAlive()
                || parser.http10()
                || parser.expectsContinue() && !decoder.done();
    }

    /** The request body is wanted, or wanted again. */
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
        if (!processing) {
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

    /** A tunnel's bytes could not be written. */
    void writeFailed(Throwable cause) {
        lost(new StreamError(StreamError.Kind.RESET, String.valueOf(cause.getMessage())));
    }

    /** The response is written whole; {@code close} as announced. */
    void finished(boolean close) {
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
        releaseWaiting();
        farewell.cut();
    }

    private void close() {
        boolean mayStillSend = brokenOff || !decoder.done() || waiting != null;
        farewell.close(mayStillSend, limits.bodyTimeout().toNanos());
    }

    private void forceClose() {
        releaseWaiting();
        farewell.closeNow();
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
            if (goodbye || farewell.ssl() == null) {
                inputEnded = true;
                process();
            } else if (!inputEnded) {
                brokenOff("the client's connection ended without close_notify");
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void endTunnelInput() {
        H1ServerStream stream = current;
        BodySink sink = stream == null ? null : stream.sink();
        if (!inputEnded || stream == null || sink == null || decoder.done()) {
            return;
        }
        if (!tunnel || decoder.endsWithConnection()) {
            if (waiting == null && decoder.inputEnded()) {
                sink.end(Headers.EMPTY);
            }
        } else if (!stream.paused()) {
            brokenOff("the client's connection ended before the tunnel's last chunk");
        }
    }

    private void brokenOff(String detail) {
        lost(new StreamError(StreamError.Kind.CLOSED, detail));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost(new StreamError(StreamError.Kind.CLOSED, "the client closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        StreamError.Kind kind =
                cause instanceof IOException ? StreamError.Kind.RESET : StreamError.Kind.PROTOCOL;
        lost(new StreamError(kind, String.valueOf(cause.getMessage())));
    }

    private void lost(StreamError error) {
        H1ServerStream stream = current;
        if (stream == null) {
            forceClose();
        } else {
            abandoned();
            stream.closed(error);
        }
    }

    private void releaseWaiting() {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }

    /** Reads over a body that nobody wanted, up to a bound. */
    private final class Discard implements BodySink {
        @Override
        public void data(ByteBuf chunk) {
            if (!farewell.discard(chunk)) {
                breakOff();
                close();
            }
        }

        @Override
        public void end(Headers trailers) {}

        @Override
        public void abort(StreamError error) {}

        @Override
        public void flush() {}
    }
}
