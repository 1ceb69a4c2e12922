package dev.outrider.sidecar.listen;

import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.Peer;
import dev.outrider.sidecar.filter.FilterChain;
import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.time.Ticker;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes an exchange of each request of one connection and starts it down the chain that holds at
 * that moment: a changed configuration holds from the next request on, also on open connections.
 */
public record ExchangeStart(
        Direction direction,
        Peer peer,
        @Nullable InetSocketAddress destination,
        Supplier<FilterChain> chain,
        Ticker ticker)
        implements RequestHandler {

    @Override
    public void request(RequestHead head, ServerStream stream) {
        chain.get().start(exchange(head, stream));
    }

    @Override
    public void malformed(int status, String reason, String sentence, ServerStream stream) {
        RequestHead unread = new RequestHead("-", "-", "-", new Headers(), BodyLength.NONE);
        chain.get()
                .reject(exchange(unread, stream), new Failure.BadRequest(status, reason, sentence));
    }

    private Exchange exchange(RequestHead head, ServerStream stream) {
        Exchange exchange = new Exchange(direction, peer, head, stream, ticker.nanos());
        exchange.destination(destination);
        return exchange;
    }
}
