package dev.outrider.sidecar.filter;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.FailureResponse;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import dev.outrider.sidecar.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange on its way through the chain and back: where it stands, and what has gone to the
 * client. On the exchange's loop.
 */
final class Pass implements Upstream.Reply, ServerStream.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(FilterChain.class);

    private final Exchange exchange;
    private RequestFilter[] filters;
    private Upstream upstream;
    private final ExchangeObserver observer;
    private final Ticker ticker;

    /** Filters before this index have been asked. */
    private int index;

    private boolean headSent;
    private boolean over;
    private Upstream.@Nullable Listener upstreamListener;

    Pass(
            Exchange exchange,
            RequestFilter[] filters,
            Upstream upstream,
            ExchangeObserver observer,
            Ticker ticker) {
        this.exchange = exchange;
        this.filters = filters;
        this.upstream = upstream;
        this.observer = observer;
        this.ticker = ticker;
    }

    /** Goes on from {@link #index} until a filter stops it or the upstream takes over. */
    void next() {
        try {
            while (index < filters.length) {
                Verdict verdict = filters[index++].onRequest(exchange);
                if (!(verdict instanceof Verdict.Continue)) {
                    settle(verdict);
                    return;
                }
            }
            upstream.forward(exchange, this);
        } catch (RuntimeException e) {
            bug(e);
        }
    }

    private void settle(Verdict verdict) {
        switch (verdict) {
            case Verdict.Continue _ -> next();
            case Verdict.Branch it -> {
                branch(it);
                next();
            }
            case Verdict.Reject it -> fail(it.failure());
            case Verdict.Answer it -> answer(it.head(), it.body());
            case Verdict.Await it ->
                    it.verdict()
                            .whenComplete((late, error) ->
                                    exchange.stream().loop().execute(() -> arrived(late, error)));
        }
    }

    private void branch(Verdict.Branch branch) {
        RequestFilter[] taken = Arrays.copyOf(filters, index + branch.filters().size());
        for (int i = 0; i < branch.filters().size(); i++) {
            taken[index + i] = branch.filters().get(i);
        }
        filters = taken;
        upstream = branch.upstream();
    }

    private void arrived(@Nullable Verdict verdict, @Nullable Throwable error) {
        if (over) {
            return;
        }
        if (verdict == null) {
            bug(error == null ? new IllegalStateException("a filter gave no verdict") : error);
        } else {
            settle(verdict);
        }
    }

    private void bug(Throwable error) {
        LOG.error("{}: a bug, please report it", exchange.request(), error);
        fail(new Failure.Bug(String.valueOf(error)));
    }

    // ---- the answer, from the upstream or in its place

    @Override
    public void informational(ResponseHead head) {
        // Nobody waits for a hint, as one does for a 100.
        if (head.status() == 100 || exchange.stream().writable()) {
            exchange.stream().informational(head);
            exchange.stream().flush();
        }
    }

    @Override
    public void head(ResponseHead head, boolean last) {
        if (over) {
            return;
        }
        try {
            while (index > 0) {
                filters[--index].onResponse(exchange, head);
            }
        } catch (RuntimeException e) {
            // The filters still to be asked see the answer to the bug; this one has had its turn.
            dropUpstream("a filter failed on the response");
            bug(e);
            return;
        }
        headSent = true;
        exchange.responding(head.status(), ticker.nanos());
        exchange.stream().respond(head, last);
    }

    @Override
    public void data(ByteBuf chunk) {
        if (over) {
            chunk.release();
            return;
        }
        exchange.countResponse(chunk.readableBytes());
        exchange.stream().data(chunk);
    }

    @Override
    public void end(Headers trailers) {
        exchange.stream().end(trailers);
    }

    @Override
    public void flush() {
        exchange.stream().flush();
    }

    @Override
    public boolean writable() {
        return exchange.stream().writable();
    }

    @Override
    public void listener(Upstream.Listener listener) {
        upstreamListener = listener;
    }

    @Override
    public void fail(Failure failure) {
        if (over) {
            return;
        }
        exchange.failed(failure);
        if (headSent) {
            breakOff(failure);
            return;
        }
        for (int i = index - 1; i >= 0; i--) {
            if (onFailure(filters[i], failure) instanceof Verdict.Answer answer) {
                answer(answer.head(), answer.body());
                return;
            }
        }
        FailureResponse response = FailureResponse.of(exchange, failure);
        answer(response.head(), response.body());
    }

    /** Half a response is out; a gRPC client can still be told what became of the rest. */
    private void breakOff(Failure failure) {
        if (exchange.grpc() && exchange.request().version() == HttpVersion.HTTP_2) {
            exchange.stream().end(FailureResponse.trailers(exchange, failure));
            exchange.stream().flush();
        } else {
            exchange.stream().reset(new StreamError(StreamError.Kind.CANCELLED, failure.reason()));
        }
    }

    /** A filter that fails here answers nothing, and the failure stands. */
    private Verdict onFailure(RequestFilter filter, Failure failure) {
        try {
            return filter.onFailure(exchange, failure);
        } catch (RuntimeException e) {
            LOG.error("{}: a bug, please report it", exchange.request(), e);
            return Verdict.CONTINUE;
        }
    }

    /** Lets the upstream know that its answer is not wanted. */
    private void dropUpstream(String why) {
        Upstream.Listener listener = upstreamListener;
        upstreamListener = null;
        if (listener != null) {
            listener.onClientGone(new StreamError(StreamError.Kind.CANCELLED, why));
        }
    }

    private void answer(ResponseHead head, byte[] body) {
        boolean empty = body.length == 0 || exchange.request().method().equals("HEAD");
        head(head, empty);
        if (!empty && !over) {
            data(Unpooled.wrappedBuffer(body));
            end(Headers.EMPTY);
        }
        flush();
    }

    // ---- the client's stream

    @Override
    public void onWritable() {
        if (upstreamListener != null) {
            upstreamListener.onWritable();
        }
    }

    @Override
    public void onClosed(@Nullable StreamError error) {
        if (over) {
            return;
        }
        over = true;
        if (error != null) {
            exchange.failed(new Failure.ClientGone(error.detail(), true));
            if (upstreamListener != null) {
                upstreamListener.onClientGone(error);
            }
        }
        exchange.finished(ticker.nanos());
        observer.finished(exchange);
    }
}
