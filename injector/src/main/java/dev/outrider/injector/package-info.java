/**
 * Putting Outrider in front of a workload that knows nothing of it. Rank 3, the entry point: {@code
 * manifest} (2) changes files, {@code webhook} (2) answers the API server, {@code reconcile} (2)
 * keeps a cluster as it should be, {@code pod} (1) decides what a pod becomes, {@code patch} and
 * {@code settings} (0) are its documents, and {@code capture} (0) writes and proves the redirect
 * rules. Knows nothing of the sidecar. Runs on the main thread and may block.
 */
@NullMarked
package dev.outrider.injector;

import org.jspecify.annotations.NullMarked;
