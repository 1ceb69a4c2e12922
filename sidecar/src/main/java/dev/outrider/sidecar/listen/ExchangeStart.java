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
import java.util.function.Supplier;

/**
 * Makes an exchange of each request of one connection and starts it down the chain that holds at
 * that moment: a changed configuration holds from the next request on, also on open connections.
 */
public record ExchangeStart(
        Direction direction, Peer peer, Supplier<FilterChain> chain, Ticker ticker)
        implements RequestHandler {

    @Override
    public void request(RequestHead head, ServerStream stream) {
        chain.get().start(new Exchange(direction, peer, head, stream, ticker.nanos()));
    }

    @Override
    public void malformed(int status, String reason, String sentence, ServerStream stream) {
        RequestHead unread = new RequestHead("-", "-", "-", new Headers(), BodyLength.NONE);
        chain.get()
                .reject(
                        new Exchange(direction, peer, unread, stream, ticker.nanos()),
                        new Failure.BadRequest(status, reason, sentence));
    }
}
