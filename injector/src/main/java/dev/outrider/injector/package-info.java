/**
 * Putting Outrider in front of a workload that knows nothing of it. Rank 1, the entry point: {@code
 * capture} (0) writes and proves the redirect rules. Knows nothing of the sidecar. Runs on the main
 * thread and may block.
 */
@NullMarked
package dev.outrider.injector;

import org.jspecify.annotations.NullMarked;
