package dev.outrider.sidecar.observe;

import dev.outrider.certs.SpiffeId;
import dev.outrider.sidecar.exchange.AttemptResult;
import dev.outrider.sidecar.exchange.Caller;
import dev.outrider.sidecar.exchange.Direction;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a line of the access log tells, taken off the exchange on its loop and read by the log's
 * thread. Texts that a client makes are cut, so that a full queue of them is still bounded.
 */
record AccessEvent(
        long startedMillis,
        Direction direction,
        String method,
        String authority,
        String target,
        HttpVersion version,
        int status,
        int grpcStatus,
        @Nullable Failure failure,
        boolean retriesExhausted,
        String requestId,
        @Nullable TraceContext trace,
        InetSocketAddress address,
        @Nullable SpiffeId peer,
        @Nullable String caller,
        @Nullable AtEdge edge,
        @Nullable String service,
        List<AttemptResult> attempts,
        long requestBytes,
        long responseBytes,
        long durationNanos,
        long firstByteNanos)
        implements LogEvent {
    private static final int LONGEST = 2048;

    static AccessEvent of(Exchange exchange, long nowMillis) {
        Caller caller = exchange.caller();
        long duration = exchange.finishedNanos() - exchange.startedNanos();
        return new AccessEvent(
                nowMillis - duration / 1_000_000,
                exchange.direction(),
                cut(exchange.request().method()),
                cut(exchange.request().authority()),
                cut(exchange.askedTarget()),
                exchange.request().version(),
                exchange.status(),
                exchange.grpcStatus(),
                exchange.failure(),
                ResponseFlag.retriesExhausted(exchange),
                exchange.requestId(),
                exchange.trace(),
                exchange.peer().address(),
                exchange.peer().id(),
                caller == null ? null : cut(caller.subject()),
                exchange.direction() == Direction.EDGE ? AtEdge.of(exchange) : null,
                exchange.service(),
                List.copyOf(exchange.attempts()),
                exchange.requestBytes(),
                exchange.responseBytes(),
                duration,
                exchange.status() == 0
                        ? -1
                        : exchange.responseStartedNanos() - exchange.startedNanos());
    }

    /**
     * What only an edge knows.
     *
     * @param client behind proxies that are trusted
     * @param issuer who vouches for the caller
     * @param credential the caller's: the id of a token or API key, or a certificate's hash
     */
    record AtEdge(
            InetAddress client,
            @Nullable String route,
            @Nullable String issuer,
            @Nullable String credential) {
        static AtEdge of(Exchange exchange) {
            Caller caller = exchange.caller();
            return new AtEdge(
                    exchange.client(),
                    exchange.route(),
                    caller == null ? null : cut(caller.issuer()),
                    caller == null ? null : cut(caller.tokenId()));
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
