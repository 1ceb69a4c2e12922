package dev.outrider.sidecar.route;

import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Exchange;
import dev.outrider.sidecar.exchange.Grpc;
import dev.outrider.sidecar.filter.RequestFilter;
import dev.outrider.sidecar.filter.Verdict;
import java.util.concurrent.TimeUnit;

/**
 * Reads how much time the caller has left, so that work that comes too late is refused before it is
 * done. The forwarder writes what is then left to the next hop.
 */
public final class DeadlineFilter implements RequestFilter {
    private static final int MOST_DIGITS = 9;

    @Override
    public Verdict onRequest(Exchange exchange) {
        String text = exchange.request().headers().get(Deadline.HEADER);
        long millis = text == null ? -1 : millis(text);
        if (millis >= 0) {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            exchange.deadline(Deadline.after(nanos, exchange.startedNanos()));
        }
        if (exchange.grpc()) {
            long nanos = Grpc.timeoutNanos(exchange.request().headers().get(Grpc.TIMEOUT));
            if (nanos >= 0) {
                exchange.streamDeadline(Deadline.after(nanos, exchange.startedNanos()));
            }
        }
        return Verdict.CONTINUE;
    }

    /** A caller that writes nonsense has set no deadline. */
    private static long millis(String text) {
        if (text.isEmpty() || text.length() > MOST_DIGITS) {
            return -1;
        }
        long millis = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            millis = millis * 10 + (c - '0');
        }
        return millis;
    }
}
