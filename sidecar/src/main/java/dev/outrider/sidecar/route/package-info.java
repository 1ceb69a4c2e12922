/**
 * Rank 5: which service a request means, and by when it must be answered. Filters of the chain,
 * with pure tables behind them. On the exchange's loop.
 */
@NullMarked
package dev.outrider.sidecar.route;

import org.jspecify.annotations.NullMarked;
