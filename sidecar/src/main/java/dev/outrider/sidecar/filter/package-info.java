/**
 * Rank 4: the chain every request passes. A {@link dev.outrider.sidecar.filter.RequestFilter}
 * decides on heads and answers with one {@link dev.outrider.sidecar.filter.Verdict}; bodies never
 * visit filters. The chain ends in an {@link dev.outrider.sidecar.filter.Upstream}, the only part
 * that talks to the network. Filters are shared by all loops and keep no state of a request: that
 * lives in {@link dev.outrider.sidecar.exchange.Exchange}. Everything runs on the exchange's loop;
 * only the stage of an {@code Await} may complete elsewhere, and the chain hops back.
 */
@NullMarked
package dev.outrider.sidecar.filter;

import org.jspecify.annotations.NullMarked;
