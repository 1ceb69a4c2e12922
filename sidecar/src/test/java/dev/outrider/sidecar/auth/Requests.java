package dev.outrider.sidecar.auth;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.UntouchedStream;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Exchanges to put before filters, and what became of them. Closes its loop. */
public final class Requests implements AutoCloseable {
    public static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    public static final SpiffeId ORDERS = SpiffeId.of("cluster.local", "shop", "orders");
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.7", 40000);

    private final EventLoop loop = new DefaultEventLoop();

    public static Peer peer(SpiffeId id) {
        return new Peer(ADDRESS, true, id, "ab".repeat(32), "CN=" + id.serviceAccount());
    }

    public static Peer plain() {
        return Peer.plain(ADDRESS);
    }

    Exchange exchange(Peer peer, String method, String target, String... fields) {
        return exchange(Direction.INBOUND, peer, method, target, fields);
    }

    /** A request of somebody outside the mesh. */
    public Exchange outside(Peer peer, String... fields) {
        return exchange(Direction.EDGE, peer, "GET", "/", fields);
    }

    private Exchange exchange(
            Direction direction, Peer peer, String method, String target, String... fields) {
        Headers headers = new Headers();
        headers.add("Host", "orders");
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        RequestHead head = new RequestHead(method, target, "orders", headers, BodyLength.NONE);
        return new Exchange(direction, peer, head, new UntouchedStream(loop), 0);
    }

    /** The failure the filter rejects with, null if it lets the exchange through. */
    public static @Nullable Failure run(RequestFilter filter, Exchange exchange) {
        return failure(filter.onRequest(exchange));
    }

    public static @Nullable Failure failure(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Continue() -> null;
            case Verdict.Reject(Failure failure) -> failure;
            case Verdict.Answer answer -> throw new AssertionError("unexpected " + answer);
            case Verdict.Branch branch -> throw new AssertionError("unexpected " + branch);
            case Verdict.Await(var later) -> {
                try {
                    yield failure(later.toCompletableFuture().get(20, TimeUnit.SECONDS));
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    public static String reason(RequestFilter filter, Exchange exchange) {
        Failure failure = run(filter, exchange);
        return failure == null ? "" : failure.reason();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }
}
