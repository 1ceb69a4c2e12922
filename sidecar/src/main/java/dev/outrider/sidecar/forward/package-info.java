/**
 * Rank 6: the upstream core. {@link dev.outrider.sidecar.forward.Forwarder} ends every chain: it
 * looks up the exchange's service and runs one {@code Call}, which tries {@code Attempt}s until one
 * is answered or none may follow. Bodies are piped by reference; {@code RequestBody} keeps what a
 * retry would need, within bounds.
 *
 * <p><b>Threads.</b> A call, its attempts and their connections live on the exchange's loop; pools
 * and timers are per loop ({@code Worker}), so there are no locks and no hops. Shared by loops are
 * only the {@code Service}'s breaker, budget, bulkhead and member loads, which are atomic.
 */
@NullMarked
package dev.outrider.sidecar.forward;

import org.jspecify.annotations.NullMarked;
