package dev.outrider.sidecar.http.h2;

import dev.outrider.sidecar.http.ClientConnection;
import dev.outrider.sidecar.http.ClientStream;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one HTTP/2 connection to an upstream. It does not wait for the server's
 * SETTINGS; what those then forbid is held back until a stream ends, or fails as refused.
 */
public final class H2ClientConnection extends Http2ConnectionHandler implements ClientConnection {
    /**
     * Streams we reset on one connection before it is left for another. Servers end connections for
     * some hundreds of resets (CVE-2023-44487), with all that others have open there.
     */
    private static final int MOST_RESETS = 64;

    private final Codec codec;
    private final Owner owner;
    private final H2Limits limits;
    private final Ticker ticker;
    private final String scheme;

    /** All that are open, whether or not they have a stream of the wire yet. */
    private final ArrayList<H2ClientStream> streams = new ArrayList<>();

    /** Those whose head is written or held back, and whose stream does not exist yet. */
    private final IntObjectMap<H2ClientStream> unborn = new IntObjectHashMap<>();

    /** Extended CONNECTs that wait to know whether the server takes them. */
    private final ArrayDeque<H2ClientStream> tunnels = new ArrayDeque<>();

    private Wire wire;
    private ClientEvents events;
    private Liveness liveness;
    private int allowed = Codec.ASSUMED_STREAMS;
    private boolean settled;
    private boolean tunnelsAllowed;
    private boolean leaving;
    private int resets;
    private boolean opened;
    private boolean closed;
    private @Nullable StreamError failure;

    /**
     * @param scheme what requests say in {@code :scheme}: http or https
     */
    public H2ClientConnection(Owner owner, H2Limits limits, Ticker ticker, String scheme) {
        this(Codec.client(limits, ticker), owner, limits, ticker, scheme);
    }

    @SuppressWarnings("NullAway.Init") // what needs the context is set when the handler is added
    private H2ClientConnection(
            Codec codec, Owner owner, H2Limits limits, Ticker ticker, String scheme) {
        super(codec.decoder(), codec.encoder(), codec.settings(), true, false);
        this.codec = codec;
        this.owner = owner;
        this.limits = limits;
        this.ticker = ticker;
        this.scheme = scheme;
        gracefulShutdownTimeoutMillis(1_000);
    }

    // ---- what its owner asks

    @Override
    public ClientStream open(ClientStream.Listener listener) {
        H2ClientStream stream = new H2ClientStream(this, wire, listener);
        stream.place = streams.size();
        streams.add(stream);
        liveness.watch(true);
        return stream;
    }

    @Override
    public int capacity() {
        return usable() ? Math.max(0, allowed - streams.size()) : 0;
    }

    @Override
    public boolean usable() {
        return !leaving && !closed && wire.ctx().channel().isActive();
    }

    @Override
    public int streams() {
        return streams.size();
    }

    @Override
    public int idleLimitSeconds() {
        return 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            end(new StreamError(StreamError.Kind.CANCELLED, "the connection was closed"));
        }
    }

    // ---- what streams ask

    String scheme() {
        return scheme;
    }

    /** The next stream id, whose stream will be this one; negative when there is none left. */
    int nextId(H2ClientStream stream) {
        int id = connection().local().incrementAndGetNextStreamId();
        if (id > 0) {
            unborn.put(id, stream);
        } else {
            leaving = true;
        }
        return id;
    }

    /** The stream that is about to exist. */
    @Nullable H2ClientStream sending(int id) {
        return unborn.remove(id);
    }

    void tunnel(H2ClientStream stream) {
        if (!settled) {
            tunnels.add(stream);
        } else if (tunnelsAllowed) {
            stream.send();
        } else {
            later(() -> refuseTunnel(stream));
        }
    }

    private static void refuseTunnel(H2ClientStream stream) {
        stream.unprocessed(
                new StreamError(
                        StreamError.Kind.UNSUPPORTED, "the upstream takes no extended CONNECT"));
    }

    /** In a turn of its own, so that nobody is called back from within a call. */
    void later(Runnable task) {
        wire.ctx().channel().eventLoop().execute(task);
    }

    void reset(int id, Http2Error code) {
        leaving |= ++resets >= MOST_RESETS;
        Http2Stream stream = connection().stream(id);
        if (stream != null) {
            wire.reset(stream, code.code());
        } else if (!connection().streamMayHaveExisted(id)) {
            encoder().writeRstStream(wire.ctx(), id, code.code(), wire.ctx().newPromise());
        }
    }

    /** Over, and out of the count; {@link #released} follows when its owner may hear of it. */
    void finished(H2ClientStream stream) {
        H2ClientStream last = streams.removeLast();
        if (last != stream) {
            streams.set(stream.place, last);
            last.place = stream.place;
        }
        unborn.remove(stream.id());
        liveness.watch(!streams.isEmpty());
        if (streams.isEmpty()) {
            codec.block().rest();
        }
    }

    void released() {
        if (closed) {
            return;
        }
        if (leaving && streams.isEmpty()) {
            closed = true;
            end(new StreamError(StreamError.Kind.CLOSED, "the upstream went away"));
            owner.closed(this);
        } else {
            owner.released(this);
        }
    }

    @Nullable StreamError failure() {
        return failure;
    }

    // ---- what the server says

    void settings(Http2Settings settings) {
        Long most = settings.maxConcurrentStreams();
        if (most != null) {
            // The connection's window has room for so many of ours, whatever the server allows.
            allowed = (int) Math.min(most, limits.streams());
        } else if (!settled) {
            // RFC 9113, section 6.5.2: no limit of the server's.
            allowed = limits.streams();
        }
        Boolean connect = settings.connectProtocolEnabled();
        tunnelsAllowed |= connect != null && connect;
        settled = true;
        while (!tunnels.isEmpty()) {
            tunnel(tunnels.remove());
        }
        if (!closed) {
            owner.released(this);
        }
    }

    void goingAway(int last, long code) {
        leaving = true;
        String text = "the upstream goes away: " + Failures.name(code);
        StreamError error = new StreamError(StreamError.Kind.REFUSED, text);
        for (H2ClientStream stream : new ArrayList<>(streams)) {
            stream.goingAway(last, error);
        }
        released();
    }

    // ---- its life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        wire = new Wire(this, ctx, codec.resets(), codec.blocks());
        events = new ClientEvents(this, connection(), codec.key());
        liveness =
                new Liveness(wire, limits.pingAfter(), limits.pingTimeout(), ticker, this::silent);
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
        if (!opened && ctx.channel().isActive()) {
            opened = true;
            int more = (int) limits.connectionWindow() - 65_535;
            decoder().flowController().incrementWindowSize(connection().connectionStream(), more);
            wire.flushSoon();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        wire.reading();
        liveness.heard();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        wire.burstOver();
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

    private void silent() {
        fail(new StreamError(StreamError.Kind.TIMED_OUT, "the upstream answered no PING"));
    }

    // ---- errors and the end

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
        if (stream == null) {
            super.onStreamError(ctx, outbound, cause, error);
            return;
        }
        events.broken(stream, error);
        wire.reset(stream, error.error().code());
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx,
            boolean outbound,
            Throwable cause,
            @Nullable Http2Exception error) {
        super.onConnectionError(ctx, outbound, cause, error);
        fail(Failures.of(cause));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Failures.isProtocol(cause)) {
            super.exceptionCaught(ctx, cause);
        } else {
            fail(Failures.of(cause));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        fail(new StreamError(StreamError.Kind.CLOSED, "the upstream closed the connection"));
        super.channelInactive(ctx);
        liveness.close();
    }

    private void fail(StreamError error) {
        if (!closed) {
            closed = true;
            end(error);
            owner.closed(this);
        }
    }

    /** Fails what is open, then closes; what was written before goes out first. */
    private void end(StreamError error) {
        failure = error;
        for (H2ClientStream stream : new ArrayList<>(streams)) {
            stream.lost(error);
        }
        liveness.close();
        ChannelHandlerContext ctx = wire.ctx();
        if (ctx.channel().isActive() && !connection().goAwaySent()) {
            goAway(ctx, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
        }
        super.flush(ctx);
        ctx.close();
    }
}
