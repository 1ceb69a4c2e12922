/**
 * Rank 3: what keeps one sick destination from harming the rest: {@link
 * dev.outrider.sidecar.resilience.CircuitBreaker}, {@link
 * dev.outrider.sidecar.resilience.RetryPolicy} with its {@link
 * dev.outrider.sidecar.resilience.RetryBudget}, {@link dev.outrider.sidecar.resilience.Bulkhead}
 * and injected faults. The forwarder calls it; nothing here touches the network or waits.
 *
 * <p><b>Threads.</b> Breaker, budget and bulkhead are one per destination and shared by all event
 * loops: they hold no lock, and calls made for each request allocate nothing. The policies are
 * immutable.
 */
@NullMarked
package dev.outrider.sidecar.resilience;

import org.jspecify.annotations.NullMarked;
