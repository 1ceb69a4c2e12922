package dev.outrider.sidecar.forward;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Grpc;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import java.util.concurrent.TimeUnit;

/**
 * What an attempt sends: the request's head, with what the next hop has to know. Those fields are
 * set, here and by observers, so a further attempt's take their place. Two have a copy: a tunnel's
 * handshake takes away what its next attempt needs; and a host that no configuration knows gets
 * nothing of what was put in, as observers still read it.
 */
final class OutgoingHead {
    private OutgoingHead() {}

    /**
     * @param remainingNanos to the deadline, if the exchange has one
     * @param streamNanos to the end of what the client said of a stream
     * @param http2 what the connection speaks
     */
    static RequestHead of(
            Exchange exchange,
            ServiceConfig service,
            long remainingNanos,
            long streamNanos,
            boolean http2) {
        RequestHead request = exchange.request();
        boolean differs = request.asksTunnel() || exchange.unknownHost();
        RequestHead head = differs ? request.copy() : request;
        Headers headers = head.headers();
        if (exchange.unknownHost()) {
            forUnknownHost(exchange, headers);
        } else if (exchange.deadline() != null) {
            long left = TimeUnit.NANOSECONDS.toMillis(remainingNanos);
            headers.set(Deadline.HEADER, Math.max(0, left));
        }
        // The service's own timeout ends with the response's head; a stream would be cut by it.
        if (exchange.streamDeadline() != null) {
            headers.set(Grpc.TIMEOUT, Grpc.timeout(streamNanos));
        }
        headers.remove(ConnectionKind.ORIGINAL);
        // For the next sidecar and nobody else.
        if (http2 && service.mtls() && head.version() != HttpVersion.HTTP_2) {
            headers.add(ConnectionKind.ORIGINAL, HttpVersion.HTTP_1_1.alpn());
        }
        return head;
    }

    private static void forUnknownHost(Exchange exchange, Headers headers) {
        headers.removeSpellings(Deadline.HEADER);
        if (exchange.madeRequestId()) {
            headers.remove(Exchange.REQUEST_ID);
        }
    }
}
