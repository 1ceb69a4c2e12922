package dev.outrider.sidecar.observe;

import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.TraceContext;
import dev.outrider.sidecar.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trace headers on the wire: reads every kind, writes the configured ones. Names are written in
 * lower case. Stale headers of all kinds are removed first: one that still named an older span
 * would fork the trace at the next hop.
 */
final class TraceHeaders {
    private final boolean w3c;
    private final boolean b3;
    private final boolean b3Single;

    TraceHeaders(List<Propagation> propagate) {
        w3c = propagate.contains(Propagation.W3C);
        b3 = propagate.contains(Propagation.B3);
        b3Single = propagate.contains(Propagation.B3_SINGLE);
    }

    /** W3C wins over B3 when both are valid. */
    @Nullable Parent read(Headers headers) {
        Parent parent = W3c.read(headers);
        return parent == null ? B3.read(headers) : parent;
    }

    /** Names the attempt under way as the parent of what comes next. */
    void write(Exchange exchange, Headers headers) {
        headers.remove(W3c.PARENT);
        headers.remove(W3c.STATE);
        headers.remove(B3.SINGLE);
        headers.remove(B3.TRACE);
        headers.remove(B3.SPAN);
        headers.remove(B3.PARENT);
        headers.remove(B3.SAMPLED);
        headers.remove(B3.FLAGS);
        if (w3c) {
            W3c.write(exchange, headers);
        }
        TraceContext attempt = b3 || b3Single ? exchange.attemptTrace() : null;
        if (b3 && attempt != null) {
            B3.write(attempt, headers);
        }
        if (b3Single && attempt != null) {
            B3.writeSingle(attempt, headers);
        }
    }
}
