package dev.outrider.sidecar.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.FakeTicker;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FilterChainTest {
    private final EventLoop loop = new DefaultEventLoop();
    private final RecordingStream stream = new RecordingStream(loop);
    private final Headers headers = new Headers();
    private final Exchange exchange =
            new Exchange(
                    Direction.OUTBOUND,
                    Peer.plain(new InetSocketAddress("127.0.0.1", 1)),
                    new RequestHead("GET", "/", "a", headers, BodyLength.NONE),
                    stream,
                    0);
    private final List<String> events = new ArrayList<>();
    private final ExchangeObserver observer =
            new ExchangeObserver() {
                @Override
                public void finished(Exchange exchange) {
                    events.add("finished");
                }
            };
    private final Upstream upstream =
            (exchange, reply) -> {
                events.add("upstream");
                reply.listener(
                        new Upstream.Listener() {
                            @Override
                            public void onWritable() {}

                            @Override
                            public void onClientGone(StreamError error) {
                                events.add("dropped");
                            }
                        });
                reply.head(new ResponseHead(200, new Headers(), 2), false);
                reply.data(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII));
                reply.end(Headers.EMPTY);
            };

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A filter that says its name on the way in and out. */
    private RequestFilter named(String name, Verdict verdict) {
        return new RequestFilter() {
            @Override
            public Verdict onRequest(Exchange exchange) {
                events.add(name);
                return verdict;
            }

            @Override
            public void onResponse(Exchange exchange, ResponseHead head) {
                events.add(name + "'" + head.status());
            }
        };
    }

    private void run(Upstream last, RequestFilter... filters) {
        FilterChain chain = new FilterChain(List.of(filters), last, observer, new FakeTicker());
        onLoop(() -> chain.start(exchange));
    }

    private void onLoop(Runnable work) {
        loop.submit(work).syncUninterruptibly();
    }

    @Test
    void asksInOrderAndAnswersInReverse() {
        run(upstream, named("a", Verdict.CONTINUE), named("b", Verdict.CONTINUE));
        assertThat(events).containsExactly("a", "b", "upstream", "b'200", "a'200", "finished");
        assertThat(stream.log).hasToString("200 ok ");
    }

    @Test
    void showsAnswerOnlyToFiltersThatRan() {
        Verdict answer =
                new Verdict.Answer(
                        new ResponseHead(203, new Headers(), 2),
                        "hi".getBytes(StandardCharsets.US_ASCII));
        run(upstream, named("a", Verdict.CONTINUE), named("b", answer), named("c", answer));
        assertThat(events).containsExactly("a", "b", "b'203", "a'203", "finished");
        assertThat(stream.log).hasToString("203 hi ");
    }

    @Test
    void branchTakesThePlaceOfWhatWouldHaveFollowed() {
        Upstream other =
                (exchange, reply) -> {
                    events.add("other");
                    reply.head(new ResponseHead(204, new Headers(), 0), true);
                };
        Verdict branch = new Verdict.Branch(List.of(named("own", Verdict.CONTINUE)), other);
        run(upstream, named("a", Verdict.CONTINUE), named("b", branch), named("c", branch));
        assertThat(events)
                .containsExactly("a", "b", "own", "other", "own'204", "b'204", "a'204", "finished");
    }

    @Test
    void branchComesLateToo() {
        CompletableFuture<Verdict> late = new CompletableFuture<>();
        run(upstream, named("a", new Verdict.Await(late)), named("b", Verdict.CONTINUE));
        late.complete(new Verdict.Branch(List.of(named("own", Verdict.CONTINUE)), upstream));
        onLoop(() -> {});
        assertThat(events).containsExactly("a", "own", "upstream", "own'200", "a'200", "finished");
    }

    @Test
    void goesOnWhenVerdictComesFromAnotherThread() {
        CompletableFuture<Verdict> late = new CompletableFuture<>();
        run(upstream, named("a", new Verdict.Await(late)), named("b", Verdict.CONTINUE));
        assertThat(events).containsExactly("a");
        late.complete(Verdict.CONTINUE);
        onLoop(() -> {});
        assertThat(events).endsWith("b", "upstream", "b'200", "a'200", "finished");
    }

    @Test
    void takesLateFailureForBug() {
        CompletableFuture<Verdict> late = new CompletableFuture<>();
        run(upstream, named("a", new Verdict.Await(late)));
        late.completeExceptionally(new IllegalStateException("no"));
        onLoop(() -> {});
        assertThat(exchange.failure()).isInstanceOf(Failure.Bug.class);
        assertThat(events).containsExactly("a", "a'500", "finished");
    }

    @Test
    void forgetsVerdictThatComesAfterTheClientLeft() {
        CompletableFuture<Verdict> late = new CompletableFuture<>();
        run(upstream, named("a", new Verdict.Await(late)));
        onLoop(stream::gone);
        late.complete(Verdict.CONTINUE);
        onLoop(() -> {});
        assertThat(events).containsExactly("a", "finished");
        assertThat(exchange.failure()).isInstanceOf(Failure.ClientGone.class);
        assertThat(stream.log).isEmpty();
    }

    @Test
    void answers500WhenFilterThrowsOnTheRequest() {
        run(
                upstream,
                named("a", Verdict.CONTINUE),
                exchange -> {
                    throw new IllegalStateException("on request");
                });
        assertThat(events).containsExactly("a", "a'500", "finished");
        assertThat(stream.log.toString()).startsWith("500 ");
    }

    @Test
    void answers500AndDropsTheUpstreamWhenFilterThrowsOnTheResponse() {
        run(
                upstream,
                named("a", Verdict.CONTINUE),
                new RequestFilter() {
                    @Override
                    public Verdict onRequest(Exchange exchange) {
                        return Verdict.CONTINUE;
                    }

                    @Override
                    public void onResponse(Exchange exchange, ResponseHead head) {
                        throw new IllegalStateException("on response");
                    }
                });
        assertThat(events).containsExactly("a", "upstream", "dropped", "a'500", "finished");
        assertThat(stream.log.toString()).startsWith("500 ").doesNotContain("ok");
        assertThat(exchange.failure()).isInstanceOf(Failure.Bug.class);
    }

    private RequestFilter onFailure(Verdict verdict) {
        return new RequestFilter() {
            @Override
            public Verdict onRequest(Exchange exchange) {
                return Verdict.CONTINUE;
            }

            @Override
            public Verdict onFailure(Exchange exchange, Failure failure) {
                events.add(failure.reason());
                if (verdict instanceof Verdict.Await) {
                    throw new IllegalStateException("on failure");
                }
                return verdict;
            }
        };
    }

    @Test
    void letsFilterAnswerInPlaceOfFailure() {
        Upstream failing = (_, reply) -> reply.fail(new Failure.NoRoute("a"));
        Verdict answer = new Verdict.Answer(new ResponseHead(203, new Headers(), 0), new byte[0]);
        run(failing, onFailure(answer), onFailure(new Verdict.Await(new CompletableFuture<>())));
        assertThat(stream.log).hasToString("203 ");
        assertThat(events).containsExactly("no-route", "no-route", "finished");
        assertThat(exchange.failure()).isInstanceOf(Failure.NoRoute.class);
    }

    @Test
    void breaksOffWhenTheUpstreamFailsWithinTheResponse() {
        Upstream failing =
                (_, reply) -> {
                    reply.head(new ResponseHead(200, new Headers(), 2), false);
                    reply.fail(new Failure.UpstreamProtocol("a", "b"));
                    reply.data(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
                    reply.fail(new Failure.NoRoute("twice"));
                };
        run(failing, named("a", Verdict.CONTINUE));
        assertThat(stream.log).hasToString("200 reset ");
        assertThat(events).containsExactly("a", "a'200", "finished");
        assertThat(exchange.failure()).isInstanceOf(Failure.UpstreamProtocol.class);
    }

    @Test
    void answers500WhenTheUpstreamThrows() {
        Upstream failing =
                (_, _) -> {
                    throw new IllegalStateException("no");
                };
        run(failing);
        assertThat(stream.log.toString()).startsWith("500 ");
        assertThat(events).containsExactly("finished");
    }

    @Test
    void endsTheExchangeWhateverOneObserverThrows() {
        ExchangeObserver broken =
                new ExchangeObserver() {
                    @Override
                    public void started(Exchange exchange) {
                        throw new IllegalStateException("started");
                    }

                    @Override
                    public void finished(Exchange exchange) {
                        throw new IllegalStateException("finished");
                    }
                };
        FilterChain chain =
                new FilterChain(
                        List.of(),
                        upstream,
                        ExchangeObserver.all(List.of(broken, observer)),
                        new FakeTicker());
        onLoop(() -> chain.start(exchange));
        assertThat(events).containsExactly("upstream", "finished");
        assertThat(stream.log).hasToString("200 ok ");
    }
}
