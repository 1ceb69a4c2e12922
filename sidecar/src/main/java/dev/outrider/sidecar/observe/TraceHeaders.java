package dev.outrider.sidecar.observe;

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

    void write(TraceContext trace, Headers headers) {
        headers.remove(W3c.PARENT);
        headers.remove(W3c.STATE);
        headers.remove(B3.SINGLE);
        headers.remove(B3.TRACE);
        headers.remove(B3.SPAN);
        headers.remove(B3.PARENT);
        headers.remove(B3.SAMPLED);
        headers.remove(B3.FLAGS);
        if (w3c) {
            W3c.write(trace, headers);
        }
        if (b3) {
            B3.write(trace, headers);
        }
        if (b3Single) {
            B3.writeSingle(trace, headers);
        }
    }
}
