package dev.outrider.sidecar.exchange;

import dev.outrider.sidecar.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a sidecar tells the caller's sidecar when its app cannot have seen the request: then another
 * instance may be tried whatever the method. An app's word does not count: it may pass on the
 * answer of a sidecar that it called itself.
 */
public final class Unsent {
    public static final String HEADER = "outrider-unsent";

    private Unsent() {}

    /** Into the response, and whatever else says so out of it. */
    public static void tell(Exchange exchange, Headers response) {
        response.remove(HEADER);
        Failure failure = exchange.failure();
        if (failure != null && notReached(failure) && !attempted(exchange)) {
            response.add(HEADER, failure.reason());
        }
    }

    /** Why the app was not reached; null if it may have been. */
    public static @Nullable String read(Headers response) {
        return response.get(HEADER);
    }

    /** What keeps callers away on purpose, such as a full bulkhead, is no reason to turn away. */
    private static boolean notReached(Failure failure) {
        return failure instanceof Failure.ConnectFailed
                || failure instanceof Failure.UpstreamRefused
                || failure instanceof Failure.TimedOut it
                        && it.phase() == Failure.TimedOut.Phase.CONNECT;
    }

    private static boolean attempted(Exchange exchange) {
        return exchange.attempts().stream()
                .anyMatch(each -> each.failure() == null || each.failure().sent());
    }
}
