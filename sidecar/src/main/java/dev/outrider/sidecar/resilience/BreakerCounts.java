package dev.outrider.sidecar.resilience;

/** What a breaker has seen since it was made; each number only grows. */
public record BreakerCounts(long succeeded, long failed, long ignored, long refused, long opened) {}
