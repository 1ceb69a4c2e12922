/**
 * Rank 11: the composition root. {@link dev.outrider.sidecar.Main} reads the command line, {@link
 * dev.outrider.sidecar.Sidecar} builds every part from the configuration, starts them in order and
 * ends them in reverse. The only place that knows everything. Blocks; runs on the main thread.
 */
@NullMarked
package dev.outrider.sidecar;

import org.jspecify.annotations.NullMarked;
