package dev.outrider.sidecar.observe;

import org.jspecify.annotations.Nullable;

/**
 * The workload this proxy speaks for, as metrics and traces name it.
 *
 * @param principal its SPIFFE id, null when it has none
 */
public record Workload(String name, String namespace, @Nullable String principal) {}
