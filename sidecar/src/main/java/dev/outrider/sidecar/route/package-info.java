/**
 * Rank 5: which service a request means, and by when it must be answered. Filters of the chain,
 * with pure tables behind them. On the exchange's loop.
 *
 * <p>At the edge a request's path is brought into one form ({@link
 * dev.outrider.sidecar.route.PathConfig}) which is both matched and sent on, the {@link
 * dev.outrider.sidecar.route.RouteTable} finds the route, and {@link
 * dev.outrider.sidecar.route.RouteFilter} goes on with that route's own filters and upstream. What
 * a route may do with heads is here, each a small filter that is made once from its configuration
 * record; what it does with bodies is in {@code body}.
 */
@NullMarked
package dev.outrider.sidecar.route;

import org.jspecify.annotations.NullMarked;
