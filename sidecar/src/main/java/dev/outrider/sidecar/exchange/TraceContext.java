package dev.outrider.sidecar.exchange;

import org.jspecify.annotations.Nullable;

/**
 * A position in a trace (W3C Trace Context): 128 bits of trace id, this span's id, its parent's or
 * 0, and whether it is recorded. {@code state} is the tracestate to pass on unchanged.
 */
public record TraceContext(
        long traceIdHigh,
        long traceIdLow,
        long spanId,
        long parentId,
        boolean sampled,
        @Nullable String state) {}
