package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.ExchangeObserver;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Exchanges that no network carries, for the observers' tests. */
final class Exchanges {
    static final SpiffeId WEB = SpiffeId.of("cluster.local", "shop", "web");
    private static final InetSocketAddress CLIENT = new InetSocketAddress("10.1.2.3", 40123);

    private Exchanges() {}

    static Exchange get(Direction direction, String... headers) {
        return of(direction, "GET", "/things?id=7", headers);
    }

    static Exchange of(Direction direction, String method, String target, String... headers) {
        return of(direction, method, target, 0, headers);
    }

    static Exchange of(
            Direction direction, String method, String target, long started, String... headers) {
        Headers fields = new Headers();
        fields.add("Host", "orders:8080");
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        Peer peer =
                direction == Direction.INBOUND
                        ? new Peer(CLIENT, true, WEB, "ab12", "CN=web")
                        : Peer.plain(CLIENT);
        return new Exchange(
                direction,
                peer,
                new RequestHead(method, target, "orders:8080", fields, 0),
                new NoStream(),
                started);
    }

    static TraceContext trace(Exchange exchange) {
        return Objects.requireNonNull(exchange.trace());
    }

    /** Plays an attempt to the observer and returns the head it would send. */
    static RequestHead attempt(
            Exchange exchange,
            ExchangeObserver observer,
            String endpoint,
            long from,
            long to,
            int status,
            @Nullable Failure failure) {
        RequestHead outgoing = exchange.request().copy();
        int number = exchange.attempts().size() + 1;
        observer.attemptStarted(exchange, number, endpoint, outgoing);
        AttemptResult result = new AttemptResult(number, endpoint, from, to, status, failure);
        exchange.attempted(result);
        observer.attemptFinished(exchange, result);
        return outgoing;
    }

    static void finish(Exchange exchange, ExchangeObserver observer, int status, long nanos) {
        exchange.responding(status, nanos);
        exchange.finished(nanos);
        observer.finished(exchange);
    }

    private static final class NoStream implements ServerStream {
        @Override
        public EventLoop loop() {
            throw new UnsupportedOperationException("observers have no business with the loop");
        }

        @Override
        public void receive(BodySink sink) {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void informational(ResponseHead head) {}

        @Override
        public void respond(ResponseHead head, boolean last) {}

        @Override
        public void data(ByteBuf chunk) {
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {}

        @Override
        public void flush() {}

        @Override
        public void reset(StreamError error) {}

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void listener(Listener listener) {}
    }
}
