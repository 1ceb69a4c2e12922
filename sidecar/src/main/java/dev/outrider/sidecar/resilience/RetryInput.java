package dev.outrider.sidecar.resilience;

import dev.outrider.sidecar.http.RequestHead;

/**
 * What a retry decision depends on besides the attempt's outcome.
 *
 * @param retries further tries already made
 * @param replayable whether the whole request can be sent again: nothing of its body was consumed,
 *     or all that was is still kept
 * @param responding whether a final response head has gone to the client
 * @param remainingNanos until the exchange's deadline; {@link Long#MAX_VALUE} without one
 */
public record RetryInput(
        RequestHead request,
        int retries,
        boolean replayable,
        boolean responding,
        long remainingNanos) {}
