package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.BodySource;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ServerStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and what is known of it so far: where the filters, the forwarder and the observers
 * meet. Each field has one writer, named at its setter. Confined to {@link ServerStream#loop}.
 */
public final class Exchange {
    /** The field with the request's id. */
    public static final String REQUEST_ID = "x-request-id";

    private final Direction direction;
    private final Peer peer;
    private final RequestHead request;
    private final ServerStream stream;
    private final long startedNanos;

    private @Nullable InetSocketAddress destination;
    private @Nullable TraceContext trace;
    private long attemptSpan;
    private @Nullable Caller caller;
    private @Nullable EdgeFacts edge;
    private @Nullable String service;
    private boolean madeRequestId;
    private boolean unknownHost;
    private @Nullable Deadline deadline;
    private @Nullable Deadline streamDeadline;
    private boolean ownDeadline;
    private final boolean grpc;
    private int grpcStatus = Grpc.NONE;
    private List<AttemptResult> attempts = List.of();
    private @Nullable Failure failure;
    private int status;
    private long requestBytes;
    private long responseBytes;
    private long responseStartedNanos;
    private long finishedNanos;

    public Exchange(
            Direction direction,
            Peer peer,
            RequestHead request,
            ServerStream stream,
            long startedNanos) {
        this.direction = direction;
        this.peer = peer;
        this.request = request;
        this.stream = stream;
        this.startedNanos = startedNanos;
        this.grpc = Grpc.is(request);
    }

    public Direction direction() {
        return direction;
    }

    public Peer peer() {
        return peer;
    }

    public RequestHead request() {
        return request;
    }

    public ServerStream stream() {
        return stream;
    }

    public long startedNanos() {
        return startedNanos;
    }

    /** What only a request from outside has; made when something is first written to it. */
    public EdgeFacts edge() {
        if (edge == null) {
            edge = new EdgeFacts(peer.tls());
        }
        return edge;
    }

    /** Who really sent the request: the peer, or who stands behind it if the peer is trusted. */
    public InetAddress client() {
        InetAddress client = edge == null ? null : edge.client();
        return client == null ? peer.address().getAddress() : client;
    }

    /** Whether the client speaks TLS: with this proxy, or with a trusted one before it. */
    public boolean https() {
        return edge == null ? peer.tls() : edge.https();
    }

    /** The configured name of the edge's route, null until found and elsewhere. */
    public @Nullable String route() {
        return edge == null ? null : edge.route();
    }

    /** The path that the route was found by, before any rewrite; null until then and elsewhere. */
    public @Nullable String matchedPath() {
        return edge == null ? null : edge.matchedPath();
    }

    /** What keeps the client with the service it was led to; null if it has that, and elsewhere. */
    public @Nullable String stickyCookie() {
        return edge == null ? null : edge.stickyCookie();
    }

    /**
     * Path and query as the client asked for them, in one form; a rewrite changes the request's.
     */
    public String askedTarget() {
        String target = request.target();
        String matched = matchedPath();
        return matched == null ? target : matched + target.substring(request.path().length());
    }

    /**
     * Where the request's body comes from: the stream, unless a filter has put something before.
     */
    public BodySource body() {
        BodySource body = edge == null ? null : edge.body();
        return body == null ? stream : body;
    }

    /** Where the connection was going before it was captured; null if it was not. */
    public @Nullable InetSocketAddress destination() {
        return destination;
    }

    /** Written when the exchange is made. */
    public void destination(@Nullable InetSocketAddress destination) {
        this.destination = destination;
    }

    /** The id in the request's head, where the tracing filter has put it if none came. */
    public String requestId() {
        String id = request.headers().get(REQUEST_ID);
        return id == null ? "" : id;
    }

    /** Whether that id is this proxy's own, and not the sender's. */
    public boolean madeRequestId() {
        return madeRequestId;
    }

    /** Written by the tracing filter. */
    public void requestIdMade() {
        madeRequestId = true;
    }

    /** This hop's server span, null until the tracing filter has run. */
    public @Nullable TraceContext trace() {
        return trace;
    }

    /** Written by the tracing filter. */
    public void trace(TraceContext trace) {
        this.trace = trace;
    }

    /** The span of the attempt under way, null before the first. Made anew at each call. */
    public @Nullable TraceContext attemptTrace() {
        return trace == null || attemptSpan == 0
                ? null
                : new TraceContext(
                        trace.traceIdHigh(),
                        trace.traceIdLow(),
                        attemptSpan,
                        trace.spanId(),
                        trace.sampled(),
                        trace.state());
    }

    /** The id of that span, 0 before the first attempt. */
    public long attemptSpan() {
        return attemptSpan;
    }

    /** Written by the tracing observer when an attempt starts. */
    public void attemptSpan(long id) {
        attemptSpan = id;
    }

    /** Who called, as a verified token says; null without one. */
    public @Nullable Caller caller() {
        return caller;
    }

    /** Written by the filter that verified the token. */
    public void caller(Caller caller) {
        this.caller = caller;
    }

    /** The destination's configured name, null until routed. */
    public @Nullable String service() {
        return service;
    }

    /** Written by the route filter; the forwarder looks the destination up by it. */
    public void service(String service) {
        this.service = service;
    }

    /**
     * Whether the request goes to a host that no configuration knows: it gets what the app sent and
     * nothing of the mesh's, neither identity nor trace nor deadline.
     */
    public boolean unknownHost() {
        return unknownHost;
    }

    /** Written by the route filter. */
    public void toUnknownHost() {
        unknownHost = true;
    }

    /** Whether it is tried although the breaker is open. */
    public boolean critical() {
        return edge != null && edge.critical();
    }

    /** What bounds the tries beside the service's own configuration. */
    public TryLimit tryLimit() {
        return edge == null ? TryLimit.NONE : edge.tryLimit();
    }

    /** What the client has left of its tightest quota, null where nothing is limited. */
    public @Nullable QuotaLeft quotaLeft() {
        return edge == null ? null : edge.quotaLeft();
    }

    /** When the whole exchange must be over, null for never. */
    public @Nullable Deadline deadline() {
        return deadline;
    }

    /** Written by the deadline filter. */
    public void deadline(@Nullable Deadline deadline) {
        this.deadline = deadline;
    }

    /** Whether the request is a gRPC call. */
    public boolean grpc() {
        return grpc;
    }

    /** How the gRPC call ended, {@link Grpc#NONE} so far or for good. */
    public int grpcStatus() {
        return grpcStatus;
    }

    /** Written by whoever sees it: the forwarder, or who makes a failure's response. */
    public void grpcStatus(int status) {
        grpcStatus = status;
    }

    /** The deadline that the client set for all of a stream too, null for none. */
    public @Nullable Deadline streamDeadline() {
        return streamDeadline;
    }

    /** Written by the deadline filter. */
    public void streamDeadline(Deadline until) {
        streamDeadline = until;
        ownDeadline = false;
        deadline = deadline == null ? until : deadline.earlier(until);
    }

    /**
     * The response is a stream that has begun: limits of a request's time no longer hold, except
     * what the client said of the stream.
     */
    public void streaming() {
        deadline = streamDeadline;
        ownDeadline = false;
    }

    /** Brings the deadline forward to so long after the start; 0 leaves it. */
    public void limit(long nanos) {
        if (nanos > 0) {
            Deadline own = Deadline.after(nanos, startedNanos);
            if (deadline == null || own.untilNanos() - deadline.untilNanos() <= 0) {
                deadline = own;
                ownDeadline = true;
            }
        }
    }

    /** Whether the deadline is the caller's, who waits less long than he might. */
    public boolean callersDeadline() {
        return deadline != null && !ownDeadline;
    }

    /** The attempts that are over, in order. */
    public List<AttemptResult> attempts() {
        return attempts.size() > 1 ? Collections.unmodifiableList(attempts) : attempts;
    }

    /** Written by the forwarder. */
    public void attempted(AttemptResult result) {
        switch (attempts.size()) {
            case 0 -> attempts = List.of(result); // as good as always
            case 1 -> {
                attempts = new ArrayList<>(attempts);
                attempts.add(result);
            }
            default -> attempts.add(result);
        }
    }

    /** What the exchange failed of, null so far or for good. */
    public @Nullable Failure failure() {
        return failure;
    }

    /** Written by the filter chain; the first failure stands. */
    public void failed(Failure failure) {
        if (this.failure == null) {
            this.failure = failure;
        }
    }

    /** The status sent to the client, 0 until then. */
    public int status() {
        return status;
    }

    public long responseStartedNanos() {
        return responseStartedNanos;
    }

    /** Written by the filter chain when the response head goes out. */
    public void responding(int status, long nowNanos) {
        this.status = status;
        this.responseStartedNanos = nowNanos;
    }

    public long requestBytes() {
        return requestBytes;
    }

    public long responseBytes() {
        return responseBytes;
    }

    /** Written by the forwarder's body pipes. */
    public void countRequest(int bytes) {
        requestBytes += bytes;
    }

    /** Written by whoever sends the response's body. */
    public void countResponse(int bytes) {
        responseBytes += bytes;
    }

    public long finishedNanos() {
        return finishedNanos;
    }

    /** Written by the filter chain, once, before the observers are told. */
    public void finished(long nowNanos) {
        this.finishedNanos = nowNanos;
        if (edge != null) {
            edge.ended();
        }
    }
}
