package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.ServerConnection;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.LazyTimer;
import dev.outrider.sidecar.time.Ticker;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one HTTP/2 connection, in clear text with prior knowledge or behind TLS:
 * each stream becomes a request. It is read all the time, since windows bound what can come.
 */
public final class H2ServerConnection extends Http2ConnectionHandler implements ServerConnection {
    private static final int SWEEPS = 4;

    /** Streams beyond the limit that are refused one by one, before a client knows the limit. */
    private static final int REFUSED_SINGLY = 1_000;

    private static final double JITTER = 0.1;

    /** What the idle timer times. */
    private enum Phase {
        PREFACE,
        HEAD,
        IDLE,
        BUSY
    }

    private final Codec codec;
    private final RequestHandler handler;
    private final H2Limits limits;
    private final Ticker ticker;
    private final RandomGenerator random;

    private Wire wire;
    private ServerEvents events;
    private Goodbye goodbye;
    private Liveness liveness;
    private LazyTimer timer;
    private LazyTimer sweeper;
    private Phase phase = Phase.PREFACE;
    private int timedHead;
    private boolean opened;
    private boolean sweeping;
    private @Nullable StreamError failure;

    /**
     * @param random spreads the ends of connections that began together
     */
    public H2ServerConnection(
            RequestHandler handler, H2Limits limits, Ticker ticker, RandomGenerator random) {
        this(Codec.server(limits, ticker), handler, limits, ticker, random);
    }

    @SuppressWarnings("NullAway.Init") // what needs the context is set when the handler is added
    private H2ServerConnection(
            Codec codec,
            RequestHandler handler,
            H2Limits limits,
            Ticker ticker,
            RandomGenerator random) {
        super(codec.decoder(), codec.encoder(), codec.settings(), true, false);
        this.codec = codec;
        this.handler = handler;
        this.limits = limits;
        this.ticker = ticker;
        this.random = random;
        gracefulShutdownTimeoutMillis(1_000);
        connection().remote().maxActiveStreams(limits.streams() + REFUSED_SINGLY);
    }

    @Override
    public void drain() {
        if (decoder().prefaceReceived()) {
            goodbye.begin();
        } else {
            wire.ctx().close();
        }
    }

    @Override
    public EventLoop loop() {
        return wire.ctx().channel().eventLoop();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        EventLoop loop = ctx.channel().eventLoop();
        wire = new Wire(this, ctx, codec.resets(), codec.blocks());
        events = new ServerEvents(this, handler, limits, codec.key(), wire);
        goodbye = new Goodbye(wire, limits.drainGrace(), ticker, this::outlived);
        liveness =
                new Liveness(wire, limits.pingAfter(), limits.pingTimeout(), ticker, this::silent);
        timer = new LazyTimer(loop, ticker, this::timedOut);
        sweeper = new LazyTimer(loop, ticker, this::sweep);
        timer.in(limits.headTimeout().toNanos());
        decoder().frameListener(events);
        connection().addListener(events);
        super.handlerAdded(ctx);
        begin(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        begin(ctx);
    }

    private void begin(ChannelHandlerContext ctx) throws Http2Exception {
        if (opened || !ctx.channel().isActive()) {
            return;
        }
        opened = true;
        int more = (int) limits.connectionWindow() - 65_535;
        decoder().flowController().incrementWindowSize(connection().connectionStream(), more);
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        goodbye.in((long) (limits.maxAge().toNanos() * factor));
        wire.flushSoon();
    }

    // ---- what the events tell

    /** What ended the connection, or null while it lives. */
    @Nullable StreamError failure() {
        return failure;
    }

    /** The client knows our limit on streams; some more are refused without ending it all. */
    void allowSomeMore() {
        connection().remote().maxActiveStreams(limits.streams() + REFUSED_SINGLY);
    }

    void pingAnswered(long data) {
        if (data == Goodbye.PING) {
            goodbye.answered();
        }
    }

    void streamOpened() {
        if (phase == Phase.IDLE) {
            phase = Phase.BUSY;
            timer.off();
        }
        liveness.watch(true);
        if (!sweeping) {
            sweeping = true;
            sweeper.in(sweepNanos());
        }
    }

    void streamClosed() {
        if (connection().numActiveStreams() == 0) {
            liveness.watch(false);
            codec.block().rest();
            settle();
        }
        goodbye.streamClosed();
    }

    // ---- time

    /** Times what the connection waits for now. */
    private void settle() {
        FrameGate gate = codec.gate();
        Phase next =
                !decoder().prefaceReceived()
                        ? Phase.PREFACE
                        : gate.headersPending()
                                ? Phase.HEAD
                                : connection().numActiveStreams() == 0 ? Phase.IDLE : Phase.BUSY;
        boolean nextHead = next == Phase.HEAD && timedHead != gate.heads();
        if (next == phase && !nextHead) {
            return;
        }
        phase = next;
        timedHead = gate.heads();
        switch (next) {
            case PREFACE, HEAD -> timer.in(limits.headTimeout().toNanos());
            case IDLE -> timer.in(limits.keepAlive().toNanos());
            case BUSY -> timer.off();
        }
    }

    private void timedOut() {
        switch (phase) {
            case PREFACE -> fail(Http2Error.PROTOCOL_ERROR, "the preface did not come");
            case HEAD -> fail(Http2Error.ENHANCE_YOUR_CALM, "a head took too long");
            case IDLE -> goodbye.begin();
            case BUSY -> {}
        }
    }

    private long sweepNanos() {
        return limits.bodyTimeout().toNanos() / SWEEPS;
    }

    private void sweep() {
        sweeping = connection().numActiveStreams() > 0;
        if (!sweeping) {
            return;
        }
        int mostOpen = (int) (limits.streamIdle().toNanos() / sweepNanos());
        try {
            connection()
                    .forEachActiveStream(stream -> {
                        H2ServerStream ours = events.find(stream);
                        if (ours != null) {
                            ours.sweep(SWEEPS, mostOpen);
                        }
                        return true;
                    });
        } catch (Http2Exception e) {
            onError(wire.ctx(), true, e);
        }
        sweeper.in(sweepNanos());
    }

    private void silent() {
        failure = new StreamError(StreamError.Kind.TIMED_OUT, "the client answered no PING");
        wire.ctx().close();
    }

    private void outlived() {
        failure = new StreamError(StreamError.Kind.TIMED_OUT, "the drain took too long");
        wire.ctx().close();
    }

    // ---- reading and writing

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        wire.reading();
        liveness.heard();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        wire.burstOver();
        settle();
        super.channelReadComplete(ctx);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        wire.flushing();
        super.flush(ctx);
        wire.tellWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        super.channelWritabilityChanged(ctx);
        wire.tellWritable();
    }

    // ---- errors and the end

    private void fail(Http2Error error, String text) {
        onError(wire.ctx(), true, Http2Exception.connectionError(error, "%s", text));
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx,
            boolean outbound,
            Throwable cause,
            Http2Exception.StreamException error) {
        int id = error.streamId();
        Http2Stream stream = connection().stream(id);
        boolean late = stream == null && wire.wasReset(id);
        if (late || stream != null && stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        if (tooLarge(stream, error)) {
            return;
        }
        boolean fault = !outbound && error.error() != Http2Error.REFUSED_STREAM;
        if (fault && codec.floods().tooManyFaults()) {
            fail(Http2Error.ENHANCE_YOUR_CALM, "too many streams break the protocol");
            return;
        }
        if (stream == null) {
            super.onStreamError(ctx, outbound, cause, error);
            return;
        }
        events.broken(stream, error);
        wire.reset(stream, error.error().code());
    }

    /** A head that is too large is answered, as far as its stream can still be opened. */
    private boolean tooLarge(@Nullable Http2Stream stream, Http2Exception.StreamException error) {
        if (stream != null
                || !(error instanceof Http2Exception.HeaderListSizeException size)
                || !size.duringDecode()) {
            return false;
        }
        try {
            Http2Stream created = connection().remote().createStream(error.streamId(), true);
            wire.forget(error.streamId());
            events.refuse(
                    created,
                    true,
                    431,
                    "head-too-long",
                    "the head is over " + limits.head() + " bytes");
            return true;
        } catch (Http2Exception e) {
            return false;
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx,
            boolean outbound,
            Throwable cause,
            @Nullable Http2Exception error) {
        if (failure == null) {
            failure = new StreamError(StreamError.Kind.PROTOCOL, String.valueOf(cause));
        }
        super.onConnectionError(ctx, outbound, cause, error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Failures.isProtocol(cause)) {
            super.exceptionCaught(ctx, cause);
        } else {
            failure = Failures.of(cause);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (failure == null) {
            failure = new StreamError(StreamError.Kind.CLOSED, "the client closed the connection");
        }
        // The end of its streams arms these once more.
        super.channelInactive(ctx);
        timer.close();
        sweeper.close();
        goodbye.ended();
        liveness.close();
    }
}
