package dev.outrider.injector.pod;

/** The workload that a pod belongs to; a bare pod is its own. */
public record Owner(String kind, String name) {}
