package dev.outrider.sidecar.limit;

import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Requests of clients, put before filters on a loop of their own. */
final class Calls implements AutoCloseable {
    private final EventLoop loop = new DefaultEventLoop();
    private final ServerStream stream =
            (ServerStream)
                    Proxy.newProxyInstance(
                            Calls.class.getClassLoader(),
                            new Class<?>[] {ServerStream.class},
                            (_, method, _) -> {
                                if (method.getName().equals("loop")) {
                                    return loop;
                                }
                                throw new UnsupportedOperationException(method.getName());
                            });

    EventLoop loop() {
        return loop;
    }

    Exchange from(String address, String... fields) {
        Headers headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        Exchange exchange =
                new Exchange(
                        Direction.EDGE,
                        Peer.plain(new InetSocketAddress("192.0.2.1", 4000)),
                        new RequestHead("GET", "/", "api", headers, BodyLength.NONE),
                        stream,
                        0);
        exchange.edge().client(InetAddress.ofLiteral(address));
        return exchange;
    }

    /** Of an API key in a tier. */
    Exchange ofKey(String key, String tier) {
        Exchange exchange = from("192.0.2.7");
        exchange.caller(new Caller("owner", "api-key", key, Map.of("tier", tier)));
        return exchange;
    }

    /** Why the filter refuses, null if it does not. */
    @Nullable Failure run(RequestFilter filter, Exchange exchange) {
        CompletionStage<Verdict> asked = onLoop(filter, exchange);
        return failure(join(asked));
    }

    /** Puts the request before the filter on the loop; the verdict may be one to wait for. */
    CompletionStage<Verdict> onLoop(RequestFilter filter, Exchange exchange) {
        java.util.concurrent.CompletableFuture<Verdict> verdict =
                new java.util.concurrent.CompletableFuture<>();
        loop.execute(() -> {
            try {
                Verdict given = filter.onRequest(exchange);
                if (given instanceof Verdict.Await(var later)) {
                    later.whenComplete((it, error) -> {
                        if (error == null) {
                            verdict.complete(it);
                        } else {
                            verdict.completeExceptionally(error);
                        }
                    });
                } else {
                    verdict.complete(given);
                }
            } catch (RuntimeException e) {
                verdict.completeExceptionally(e);
            }
        });
        return verdict;
    }

    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static @Nullable Failure failure(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Continue _ -> null;
            case Verdict.Reject(Failure failure) -> failure;
            default -> throw new AssertionError("unexpected " + verdict);
        };
    }

    /** The response's fields: of a failure, or of an app that answers. */
    static FailureResponse respond(
            RequestFilter filter, Exchange exchange, @Nullable Failure failure) {
        FailureResponse response =
                failure == null
                        ? new FailureResponse(new ResponseHead(200, new Headers(), 0), new byte[0])
                        : FailureResponse.of(exchange, failure);
        filter.onResponse(exchange, response.head());
        return response;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(10_000);
    }
}
