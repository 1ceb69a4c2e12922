package dev.outrider.sidecar.exchange;

import org.jspecify.annotations.Nullable;

/**
 * One try at an upstream, over. {@code status} is 0 when no response head came; {@code failure} is
 * null when the response was complete, or is still being read.
 */
public record AttemptResult(
        int number,
        String endpoint,
        long startedNanos,
        long endedNanos,
        int status,
        @Nullable Failure failure) {}
