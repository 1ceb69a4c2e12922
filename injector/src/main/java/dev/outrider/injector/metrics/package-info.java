/** Figures in Prometheus's text format. Rank 0. Any thread may count, and any thread may read. */
@NullMarked
package dev.outrider.injector.metrics;

import org.jspecify.annotations.NullMarked;
